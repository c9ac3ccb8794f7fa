/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a SET that netfilter carries out, in one commit. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "plan/plan.h"
#include "store/counters.h"
#include "store/static_rows.h"
#include "views/rule_ids.h"

/* Checks a rule against the last reading. When something is wrong, and that reading is not of this
 * request, things may have changed since: checks against the kernel. */
static int check(struct plan *plan, const struct markrule *r, unsigned *col, struct why *why)
{
	const struct nf_snap *snap = plan->views->rules.snap;
	int err = snap ? nf_check_in(plan->views->nf, snap, r, col, why) : -EAGAIN;

	if (!err ||
	    (snap && !plan->views->rules.stale && plan->views->rules.read_pdu == plan->views->pdus))
		return err;
	why->s[0] = '\0';
	return nf_check(plan->views->nf, r, col, why);
}

/* Keeps the position that the manager wrote, wherever the rule stands now. Forgets where the rule
 * stood when it goes elsewhere. */
static void settle_place(struct plan *plan, struct plan_item *it)
{
	struct markrule *now = it->now;
	const struct markrule *had = wanted_find(&plan->store->wanted[RULE_ROWS], now);

	if (it->touched &
	    (COL_BIT(RULE_COL_TABLE) | COL_BIT(RULE_COL_CHAIN) | COL_BIT(RULE_COL_POSITION)))
		now->place = 0;
	if (had && !row_is_static(it->def, now) && !cols_have(it->touched, RULE_COL_POSITION))
		now->position = had->position;
}

int plan_rule_prepare(struct plan *plan, struct plan_item *it, struct mib_fault *fault)
{
	struct markrule rule;
	unsigned col = RULE_COL_STATUS;
	int err;

	if (it->now)
		settle_place(plan, it);
	if (!it->now || (!it->to_be_active && !cols_have(it->touched, RULE_COL_MATCHES)))
		return MIB_OK;
	rule = *(struct markrule *)it->now;
	/* Other rules of the same SET may come before this one: nf_commit() checks the position. */
	rule.position = 0;
	err = check(plan, &rule, &col, &fault->why);
	if (err == -EINVAL && col == RULE_COL_MATCHES) {
		plan_fail(fault, it, col, err);
		return fault->error = MIB_WRONG_VALUE;
	}
	if (err && it->to_be_active)
		return plan_fail(fault, it, col, err);
	fault->why.s[0] = '\0';
	return MIB_OK;
}

/* Do the rules differ in what the kernel matches or does, beside place and description? */
static bool substance_differs(const struct markrule *old, const struct markrule *now)
{
	for (size_t i = 0; i < mib_rule.ncols; i++) {
		const struct mib_col *col = &mib_rule.cols[i];

		if (col->access != ACCESS_RC || col->num == RULE_COL_POSITION ||
		    col->num == RULE_COL_DESCRIPTION || col->syntax == SYN_STORAGE ||
		    col->syntax == SYN_STATUS)
			continue;
		if (!row_same_column(&row_kinds[RULE_ROWS], col, old, now))
			return true;
	}
	return false;
}

static int edit_push(struct plan *plan, struct vec *edits, const struct nf_edit *edit, size_t item)
{
	struct markrule *now = ((struct plan_item *)vec_at(&plan->items, item))->now;
	struct nf_edit *slot = vec_push(edits);
	size_t *of = slot ? vec_push(&plan->nf_items) : NULL;

	if (!of)
		return -ENOMEM;
	*slot = *edit;
	if (edit->rule && now)
		slot->made = &now->hash;
	*of = item;
	return 0;
}

/* How many rules the chain of @r has: the place of its last one. */
static uint32_t last_place(const struct plan *plan, const struct markrule *r)
{
	const struct nf_snap *snap = plan->views->rules.snap;

	for (size_t i = 0; snap && i < snap->chains.n; i++) {
		const struct nf_chain *c = vec_at(&snap->chains, i);

		if (c->family == r->family && strcmp(c->table, r->table) == 0 &&
		    strcmp(c->chain, r->chain) == 0)
			return c->rules;
	}
	return 0;
}

/* Makes the edit of a rule that stays in the kernel, with other columns. */
static int edit_change(struct plan *plan, struct vec *edits, size_t i)
{
	struct plan_item *it = vec_at(&plan->items, i);
	const struct markrule *old = it->old;
	/* A copy: what the manager wants stays as it was written. */
	struct markrule *now = (void *)arena_copy(&plan->arena, it->now, sizeof(*now));
	bool moved = cols_have(it->touched, RULE_COL_POSITION);
	struct nf_edit edit = { .rule = now };
	bool substance;

	if (!now)
		return -ENOMEM;
	substance = substance_differs(old, now);
	/* A foreign rule that becomes a manager's is still found by its own index. */
	rules_edit_target(plan->views, old->index, &edit);
	if (strcmp(old->chain, now->chain) != 0) {
		struct nf_edit gone = edit;

		gone.rule = NULL;
		if (!moved)
			now->position = 0;
		edit.add = true;
		return edit_push(plan, edits, &gone, i) ? -ENOMEM
							: edit_push(plan, edits, &edit, i);
	}
	/* Position 0 is, to netfilter, where the rule stands; to a manager who writes it, the end
	 * of the chain. */
	edit.clamp = plan->restore || !now->position;
	if (!moved)
		now->position = 0;
	else if (!now->position)
		now->position = last_place(plan, now);
	if (!moved && !substance && old->index == now->index &&
	    strcmp(old->description, now->description) == 0)
		return 0;
	edit.keep_counters = !substance;
	return edit_push(plan, edits, &edit, i);
}

struct restored {
	uint32_t place;
	size_t item;
};

static int restored_cmp(const void *a, const void *b)
{
	const struct restored *x = a, *y = b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return x->item < y->item ? -1 : x->item > y->item;
}

static bool is_moved(const struct plan_item *it)
{
	return it->was_active && it->to_be_active && cols_have(it->touched, RULE_COL_POSITION);
}

/* Where a rule that is put back stood, UINT32_MAX: last. */
static uint32_t place_of(const struct plan_item *it)
{
	const struct markrule *r = it->now;
	uint32_t place = is_moved(it) || !r->place ? r->position : r->place;

	return place ? place : UINT32_MAX;
}

/* Makes the edit that moves a rule as it is to the end of its chain: there it does not count when
 * others are put where they stood. */
static int edit_aside(struct plan *plan, struct vec *edits, size_t i)
{
	const struct plan_item *it = vec_at(&plan->items, i);
	const struct markrule *old = it->old;
	struct markrule *last = (void *)arena_copy(&plan->arena, old, sizeof(*last));
	struct nf_edit edit = { .rule = last, .clamp = true, .keep_counters = true };

	if (!last)
		return -ENOMEM;
	last->position = last_place(plan, old);
	rules_edit_target(plan->views, old->index, &edit);
	return edit_push(plan, edits, &edit, i);
}

/* Makes the edit of a rule that is not there and is put back. */
static int edit_back(struct plan *plan, struct vec *edits, const struct restored *o)
{
	const struct plan_item *it = vec_at(&plan->items, o->item);
	struct markrule *r = (void *)arena_copy(&plan->arena, it->now, sizeof(*r));
	struct nf_edit edit = { .rule = r, .add = true, .only = true, .clamp = true };

	if (!r)
		return -ENOMEM;
	r->position = o->place == UINT32_MAX ? 0 : o->place;
	return edit_push(plan, edits, &edit, o->item);
}

/* Makes the edits of rules that are put back where they stood. The first place comes first, so that
 * each rule finds those that stood before it, and nothing else: the others are at the end. */
static int collect_restored(struct plan *plan, struct vec *edits)
{
	struct vec order = VEC_INIT(struct restored);
	const struct plan_item *it;
	int err = 0;

	for (size_t i = 0; !err && (it = plan_next(plan, &mib_rule, &i));) {
		struct restored *slot;

		if (!it->to_be_active || (it->was_active && !is_moved(it)))
			continue;
		slot = vec_push(&order);
		err = slot ? 0 : -ENOMEM;
		if (slot)
			*slot = (struct restored){ place_of(it), i - 1 };
		if (slot && it->was_active)
			err = edit_aside(plan, edits, i - 1);
	}
	vec_sort(&order, restored_cmp);
	for (size_t i = 0; i < order.n && !err; i++) {
		const struct restored *o = vec_at(&order, i);

		it = vec_at(&plan->items, o->item);
		err = it->was_active ? edit_change(plan, edits, o->item)
				     : edit_back(plan, edits, o);
	}
	vec_fini(&order);
	return err;
}

/* Makes the edit of a rule that is added. A rule that comes back goes where it stood, unless the
 * manager wrote a position. */
static int edit_add(struct plan *plan, struct vec *edits, size_t i)
{
	const struct plan_item *it = vec_at(&plan->items, i);
	const struct markrule *now = it->now;
	struct nf_edit edit = { .rule = now, .add = true };
	struct markrule *back;

	if (!now->position && now->place && !cols_have(it->touched, RULE_COL_POSITION)) {
		back = (void *)arena_copy(&plan->arena, now, sizeof(*now));
		if (!back)
			return -ENOMEM;
		back->position = now->place;
		edit.rule = back;
		edit.clamp = true;
	}
	return edit_push(plan, edits, &edit, i);
}

/* Makes the edits in the order in which positions make sense: of rules that go, that stay, that
 * come. */
static int collect(struct plan *plan, struct vec *edits)
{
	struct plan_item *it;
	int err = 0;

	for (int round = 0; round < 3 && !err; round++) {
		for (size_t i = 0; !err && (it = plan_next(plan, &mib_rule, &i));) {
			struct nf_edit edit = { 0 };

			if (round == 0 && it->was_active && !it->to_be_active) {
				rules_edit_target(plan->views, ((struct markrule *)it->old)->index,
						  &edit);
				err = edit_push(plan, edits, &edit, i - 1);
			} else if (round == 1 && it->was_active && it->to_be_active &&
				   !(plan->restore && is_moved(it))) {
				err = edit_change(plan, edits, i - 1);
			} else if (round == 2 && !it->was_active && it->to_be_active &&
				   !plan->restore) {
				err = edit_add(plan, edits, i - 1);
			}
		}
	}
	return err || !plan->restore ? err : collect_restored(plan, edits);
}

/* Will a rule lose what it has counted? */
static bool loses_counters(const struct vec *edits)
{
	for (size_t i = 0; i < edits->n; i++) {
		const struct nf_edit *e = vec_at(edits, i);

		if (!e->add && !e->keep_counters)
			return true;
	}
	return false;
}

void plan_nf_wait(const struct plan *plan, bool change)
{
	unsigned wait_ms = plan->views->opt->lock_wait_ms;
	bool waited = plan->views->rules.failing &&
		      clock_ms() - plan->views->rules.failed_ms < wait_ms;

	nf_set_wait(plan->views->nf, change && waited ? 0 : wait_ms);
}

/* Notes whether the rule counts on or anew. To the map of indices, a changed foreign rule is
 * another one: keeps its index. */
static int note_edit(struct plan *plan, size_t i, const struct nf_edit *e)
{
	const struct plan_item *it = vec_at(&plan->items, *(size_t *)vec_at(&plan->nf_items, i));
	const struct markrule *old = it->old;
	struct rule_note note = { .keep = e->keep_counters };
	int err;

	if (!e->rule)
		return 0;
	if (e->rule->index <= ROW_MANAGER_MAX) {
		note.tag = e->rule->index;
		note.from = old ? old->index : note.tag;
		rule_ids_note(plan->views, &note);
		return 0;
	}
	note.hash = *e->made;
	if (note.hash == e->hash)
		return 0;
	err = plan_rename(plan, &plan->store->rule_ids, e->hash, e->ordinal, note.hash,
			  &note.ordinal);
	if (!err)
		rule_ids_note(plan->views, &note);
	return err;
}

/* Commits edits @from to @from + @n - 1. */
static int commit(struct plan *plan, const struct vec *edits, size_t from, size_t n, size_t *failed,
		  struct why *why)
{
	int err = 0;

	/* When the rows of the SET were looked for, netfilter may have waited already. */
	plan_nf_wait(plan, true);
	/* Counters will be lost: adds what they have now to the sums first, and writes that down. */
	if (loses_counters(edits)) {
		err = rules_refresh(plan->views, why);
		plan->store->counts_next_ms = 0;
		counts_keep(plan->store);
	}
	if (!err)
		err = nf_commit(plan->views->nf, vec_at(edits, from), n, failed, &plan->nf_undo,
				why);
	plan_nf_wait(plan, false);
	for (size_t i = from; i < from + n && !err; i++) {
		err = note_edit(plan, i, vec_at(edits, i));
		*failed = err ? i - from : SIZE_MAX;
	}
	return err;
}

static size_t item_of(const struct plan *plan, size_t edit)
{
	return *(size_t *)vec_at(&plan->nf_items, edit);
}

/* Blames the item of an edit; of none, when there are no edits. */
static int refuse(struct plan *plan, struct mib_fault *fault, size_t edit, int err)
{
	size_t item = plan->nf_items.n ? item_of(plan, edit < plan->nf_items.n ? edit : 0) : 0;

	return plan_refuse(plan, fault, vec_at(&plan->items, item),
			   err == -ERANGE ? RULE_COL_POSITION : RULE_COL_STATUS, err);
}

/* Returns: the first edit from @at up to @end of another item than the edit before it. */
static size_t next_item(const struct plan *plan, size_t at, size_t end)
{
	while (at < end && item_of(plan, at) == item_of(plan, at - 1))
		at++;
	return at;
}

static void refuse_all(struct plan *plan, size_t from, size_t end, const struct mib_fault *fault,
		       int err)
{
	for (; from < end; from = next_item(plan, from + 1, end)) {
		struct mib_fault one = *fault;

		refuse(plan, &one, from, err);
	}
}

/* Puts back rules in as few commits as there can be: when netfilter refuses one, those before it
 * and those behind it; when it does not say which one, both halves. */
static void put_back(struct plan *plan, const struct vec *edits, size_t from, size_t end)
{
	while (from < end) {
		struct mib_fault fault = { 0 };
		size_t failed = SIZE_MAX, at;
		bool known;
		int err;

		nf_undo_free(plan->nf_undo);
		plan->nf_undo = NULL;
		err = commit(plan, edits, from, end - from, &failed, &fault.why);
		if (!err)
			return;
		/* Somebody has netfilter locked, or changes it all the time: no rule is at fault. */
		if (err == -EAGAIN || err == -EBUSY || next_item(plan, from + 1, end) == end) {
			refuse_all(plan, from, end, &fault, err);
			return;
		}
		known = failed < end - from;
		at = from + (known ? failed : (end - from) / 2);
		while (at > from && item_of(plan, at) == item_of(plan, at - 1))
			at--;
		if (at == from && !known)
			at = next_item(plan, from + 1, end);
		put_back(plan, edits, from, at);
		from = at;
		if (!known)
			continue;
		refuse(plan, &fault, at, err);
		from = next_item(plan, at + 1, end);
	}
}

int plan_rules(struct plan *plan, struct mib_fault *fault)
{
	struct vec edits = VEC_INIT(struct nf_edit);
	size_t failed = SIZE_MAX;
	int err = collect(plan, &edits);

	if (!err && plan->restore)
		put_back(plan, &edits, 0, edits.n);
	else if (!err && edits.n)
		err = commit(plan, &edits, 0, edits.n, &failed, &fault->why);
	vec_fini(&edits);
	return err ? refuse(plan, fault, failed, err) : MIB_OK;
}

int plan_rules_undo(struct plan *plan, struct why *why)
{
	int err;

	if (!plan->nf_undo)
		return 0;
	err = nf_undo(plan->views->nf, plan->nf_undo, why);
	rule_ids_noted(plan->views);
	plan_renames_undo(plan, &plan->store->rule_ids);
	nf_undo_free(plan->nf_undo);
	plan->nf_undo = NULL;
	return err;
}
