/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the journal of a SET before the SET begins. */
#include <errno.h>
#include <string.h>

#include "plan/plan.h"

/* Notes a row that the kernel will have. */
static int made_add(struct journal *journal, const struct mib_def *def, const void *row)
{
	struct wanted *made = journal->made;
	const struct row_kind *kind = row_kind_of(def);

	return kind && !wanted_set(&made[kind - row_kinds], row) ? -ENOMEM : 0;
}

/* Notes where a rule stands that the kernel has before: where the view found it; of a SET that is
 * undone, where the last reading did. */
static int place_add(const struct plan *plan, struct journal *journal, const struct plan_item *it,
		     bool undo)
{
	const struct markrule *was = undo ? it->now : it->old;
	const struct markrule *m = undo ? wanted_find(&plan->store->wanted[RULE_ROWS], was) : NULL;
	uint32_t position = undo ? m ? m->place : 0 : was->position;
	struct journal_place *p = position ? vec_push(&journal->places) : NULL;

	if (p)
		*p = (struct journal_place){ was->index, position };
	return position && !p ? -ENOMEM : 0;
}

static int settings_add(const struct plan *plan, struct journal *journal)
{
	for (size_t i = 0; i < plan->settings.n; i++) {
		struct journal_setting *s = vec_push(&journal->settings);

		if (!s)
			return -ENOMEM;
		*s = *(struct journal_setting *)vec_at(&plan->settings, i);
	}
	return 0;
}

int plan_journal(struct plan *plan, bool undo, struct why *why)
{
	struct journal journal;
	struct plan_item *it;
	int err;

	journal_init(&journal);
	if (undo && plan->nf_undo)
		rules_sync(plan->views);
	/* Of an undoing that is cut off, what the SET made of them comes back. */
	err = undo ? plan_interfaces_now(plan, &journal.settings) : settings_add(plan, &journal);
	for (size_t i = 0; i < plan->items.n && !err; i++) {
		it = vec_at(&plan->items, i);
		/* A foreign row is not kept, so it could not be put back: it would stay as the SET
		 * left it. */
		if (!it->foreign && (undo ? it->was_active : it->to_be_active))
			err = made_add(&journal, it->def, undo ? it->old : it->now);
	}
	for (size_t i = 0; !err && (it = plan_next(plan, &mib_rule, &i));)
		if (!it->foreign && (undo ? it->to_be_active : it->was_active))
			err = place_add(plan, &journal, it, undo);
	if (err)
		why_set(why, err, "%s", strerror(-err));
	else
		err = journal_write(plan->store, &journal, why);
	plan->journal = !err;
	journal_fini(&journal);
	return err;
}
