/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/journal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/log.h"
#include "plan/plan.h"
#include "routing/sysctl.h"
#include "store/counters.h"
#include "store/state_rows.h"
#include "views/rule_ids.h"

enum { COL_POSITION = 5 };

static const char *path_of(const struct app *a, char *buf, size_t size)
{
	snprintf(buf, size, "%s/intent", a->conf.state_dir);
	return buf;
}

/* Sections like those of the state file, with nothing in them. */
static void made_init(struct app *a, struct managed made[ROW_KINDS], struct managed *all[ROW_KINDS])
{
	state_sections(a, all);
	for (size_t s = 0; s < ROW_KINDS; s++) {
		managed_init(&made[s], all[s]->def, all[s]->cmp);
		all[s] = &made[s];
	}
}

static int made_add(struct managed *made, const struct mib_def *def, const void *row)
{
	const struct row_kind *kind = row_kind_of(def);

	return kind && !managed_set(&made[kind - row_kinds], row) ? -ENOMEM : 0;
}

/* Where the rules stand that are there before. */
static void write_places(const struct app *a, bool undo, struct text *out)
{
	const char *between = "";

	text_add(out, "places = (");
	for (size_t i = 0; i < a->plan.items.n; i++) {
		const struct plan_item *it = vec_at(&a->plan.items, i);
		const struct markrule *was = undo ? it->now : it->old;

		if (it->def != &mib_rule || it->foreign || !(undo ? it->in : it->out) ||
		    !was->position)
			continue;
		text_add(out, "%s [ %u, %u ]", between, was->index, was->position);
		between = ",";
	}
	text_add(out, " );\n");
}

static void write_settings(struct app *a, struct text *out)
{
	const struct vec *undo = &a->interfaces.undo;

	text_add(out, "settings = (");
	for (size_t i = 0; i < undo->n; i++) {
		const struct interface_undo *u = vec_at(undo, i);

		text_add(out, "%s [ %u, %u, %d ]", i ? "," : "", u->ifindex, u->conf, u->value);
	}
	text_add(out, " );\n");
}

int intent_write(struct app *a, bool undo, struct why *why)
{
	struct managed *all[ROW_KINDS];
	struct managed made[ROW_KINDS];
	struct text t = TEXT_INIT;
	char boot[128];
	int err = 0;

	made_init(a, made, all);
	for (size_t i = 0; i < a->plan.items.n && !err; i++) {
		const struct plan_item *it = vec_at(&a->plan.items, i);

		/* Nobody keeps what those were: they stay as they are then. */
		if (!it->foreign && (undo ? it->out : it->in))
			err = made_add(made, it->def, undo ? it->old : it->now);
	}
	state_boot(boot, sizeof(boot));
	text_add(&t, "# The SET that fwmarkd is at. Written by fwmarkd.\n");
	text_add(&t, "sets = %" PRId64 "L;\nboot = \"%s\";\nprotocol = %u;\n", a->sets_kept, boot,
		 a->conf.protocol);
	state_write_sections(all, &t);
	write_places(a, undo, &t);
	write_settings(a, &t);
	if (!err)
		err = fault_here("intent: write");
	if (!err)
		err = t.err ? t.err : state_replace(a, "intent", &t, false, NULL);
	if (err)
		why_set(why, err, "writing to %s: %s", a->conf.state_dir, strerror(-err));
	a->plan.intent = !err;
	for (size_t s = 0; s < ROW_KINDS; s++)
		managed_fini(&made[s]);
	text_fini(&t);
	return err;
}

void intent_drop(struct app *a)
{
	char path[CONF_PATH_MAX + 16];

	if (!a->look)
		unlink(path_of(a, path, sizeof(path)));
}

/* One line of @n numbers; false: it is something else. */
static bool read_line(const config_setting_t *list, int i, int *out, int n)
{
	const config_setting_t *line = config_setting_get_elem(list, (unsigned)i);

	if (!line || !config_setting_is_array(line) || config_setting_length(line) != n)
		return false;
	for (int k = 0; k < n; k++)
		out[k] = config_setting_get_int_elem(line, k);
	return true;
}

static int read_settings(struct app *a, const config_setting_t *root)
{
	const config_setting_t *list = config_setting_get_member(root, "settings");
	int v[3];

	for (int i = 0; list && i < config_setting_length(list); i++) {
		struct interface_undo *u;

		if (!read_line(list, i, v, 3) || v[1] < 0 || v[1] > SYSCTL_SRC_VALID_MARK)
			return -EINVAL;
		u = vec_push(&a->intent.settings);
		if (!u)
			return -ENOMEM;
		*u = (struct interface_undo){ (uint32_t)v[0], (unsigned)v[1], v[2] };
	}
	return 0;
}

/* Returns: 1: this SET was cut off; 0: it was not; -errno with @why. */
static int read_all(struct app *a, const config_t *cfg, struct why *why)
{
	const config_setting_t *root = config_root_setting(cfg);
	struct managed *all[ROW_KINDS];
	long long sets = -1;
	const char *boot = "";
	char now[128];
	int err;

	config_lookup_int64(cfg, "sets", &sets);
	config_lookup_string(cfg, "boot", &boot);
	state_boot(now, sizeof(now));
	if (sets != a->sets_kept || strcmp(boot, now) != 0)
		return 0;
	made_init(a, a->intent.made, all);
	a->intent.settings = (struct vec)VEC_INIT(struct interface_undo);
	a->intent.pending = true;
	rule_places_read(a, root);
	err = read_settings(a, root);
	if (!err)
		err = state_read_sections(a, root, all, false, why);
	return err ? err : 1;
}

void intent_load(struct app *a)
{
	char path[CONF_PATH_MAX + 16];
	struct why why = { "" };
	config_t cfg;
	int err;

	config_init(&cfg);
	err = state_read_file(path_of(a, path, sizeof(path)), &cfg, &why);
	/* Without the state that it is about, what the kernel holds counts. */
	if (!err)
		err = a->state_known ? read_all(a, &cfg, &why) : 0;
	if (err < 0 && err != -ENOENT)
		log_warn("%s: %s: passed over", path, why.s[0] ? why.s : strerror(-err));
	if (err < 0)
		intent_fini(a);
	if (err <= 0 && err != -ENOENT)
		intent_drop(a);
	config_destroy(&cfg);
}

void intent_fini(struct app *a)
{
	for (size_t s = 0; s < ROW_KINDS && a->intent.pending; s++)
		managed_fini(&a->intent.made[s]);
	if (a->intent.pending)
		vec_fini(&a->intent.settings);
	a->intent.pending = false;
}

bool intent_has(const struct app *a, const struct mib_def *def, const void *key)
{
	const struct row_kind *kind = row_kind_of(def);

	return a->intent.pending && kind && managed_find(&a->intent.made[kind - row_kinds], key);
}

/* ---- taking back ---- */

/* A change from what the kernel has to what managers want, NULL: to nothing. */
static int item(struct app *a, const struct mib_def *def, void *old, void *now, uint64_t touched)
{
	struct plan_item *it = old ? vec_push(&a->plan.items) : NULL;

	if (!it)
		return -ENOMEM;
	*it = (struct plan_item){
		.def = def, .old = old, .now = now, .touched = touched, .out = true, .in = now
	};
	return 0;
}

/* Does a manager want this policy of the kernel? */
static bool policy_wanted(const struct app *a, const struct policy *p)
{
	for (size_t i = 0; i < a->policies.managed.rows.n; i++) {
		const struct policy *m = managed_at(&a->policies.managed, i);

		if (m->status == ROW_ACTIVE && policy_same(m, p))
			return true;
	}
	return false;
}

static int take_policy(struct app *a, const struct policy *made)
{
	struct policy *was = managed_find(&a->policies.managed, made);

	if (was && (was->status != ROW_ACTIVE || plan_is_there(a, &mib_policy, was)))
		was = NULL;
	for (size_t i = 0; i < a->policies.kernel.n; i++) {
		const struct policy *have = vec_at(&a->policies.kernel, i);
		struct policy like = *made;

		/* One that the kernel was to choose was not known yet. */
		if (!like.priority)
			like.priority = have->priority;
		if (policy_same(have, &like) && !policy_wanted(a, have))
			return item(a, &mib_policy,
				    (void *)arena_copy(&a->plan.arena, have, sizeof(*have)), was,
				    0);
	}
	return 0;
}

static int take_route(struct app *a, const struct route *made)
{
	struct route *was = managed_find(&a->routes.managed, made), have;

	if (was && was->status != ROW_ACTIVE)
		was = NULL;
	if (!routes_find(a, made, &have) || !plan_route_there(a, made) ||
	    (was && plan_route_there(a, was)))
		return 0;
	return item(a, &mib_route, plan_route_copy(a, &have), was, 0);
}

static int take_rule(struct app *a, struct markrule *made)
{
	struct markrule *was = managed_find(&a->rules.managed, made), *old, *now;
	const struct rule_row *row = rules_row(a, made->index);
	const struct markrule *have;

	if (!row || row->entry == RULE_ABSENT)
		return 0;
	if (!was || was->status != ROW_ACTIVE)
		return item(a, &mib_rule, made, NULL, 0);
	have = rules_source.find(a, &made->index, 1);
	if (!have)
		return 0;
	old = (void *)arena_copy(&a->plan.arena, have, sizeof(*have));
	now = (void *)arena_copy(&a->plan.arena, was, sizeof(*was));
	if (old && have->matches)
		old->matches = arena_copy(&a->plan.arena, have->matches, strlen(have->matches));
	if (!old || !now)
		return -ENOMEM;
	now->position = was->place;
	return item(a, &mib_rule, old, now,
		    was->place && was->place != old->position ? UINT64_C(1) << COL_POSITION : 0);
}

static int items(struct app *a)
{
	struct intent *in = &a->intent;
	int err = 0;

	for (size_t i = 0; i < in->made[POLICY_ROWS].rows.n && !err; i++)
		err = take_policy(a, managed_at(&in->made[POLICY_ROWS], i));
	for (size_t i = 0; i < in->made[ROUTE_ROWS].rows.n && !err; i++)
		err = take_route(a, managed_at(&in->made[ROUTE_ROWS], i));
	for (size_t i = 0; i < in->made[RULE_ROWS].rows.n && !err; i++)
		err = take_rule(a, managed_at(&in->made[RULE_ROWS], i));
	return err;
}

void intent_take_back(struct app *a)
{
	struct intent *in = &a->intent;
	struct mib_fault fault = { 0 };
	struct why why = { "" };
	int err, settings;

	if (!in->pending || (in->made[RULE_ROWS].rows.n && !a->rules.snap))
		return;
	plan_clear(a);
	err = items(a);
	if (!err)
		err = plan_run(a, false, &fault) ? -EBUSY : 0;
	vec_fini(&a->interfaces.undo);
	a->interfaces.undo = in->settings;
	in->settings = (struct vec)VEC_INIT(struct interface_undo);
	settings = plan_interfaces_undo(a, &why);
	if (err || settings)
		log_err("a SET was cut off, and not all that it had done can be taken back: %s",
			fault.why.s[0] ? fault.why.s
			: why.s[0]     ? why.s
				       : strerror(err ? -err : -settings));
	else
		log_info("a SET was cut off: what it had done is taken back");
	if (!err && !settings)
		intent_drop(a);
	plan_clear(a);
	intent_fini(a);
	marks_sync(a);
	fibs_sync(a);
}
