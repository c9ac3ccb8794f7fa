/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/counters.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "lists.h"
#include "model/row.h"
#include "places.h"
#include "store/files.h"
#include "sums.h"

/* The agent spends at most one part in so many of its time on writing "counts". */
enum { KEEP_SHARE = 20 };

static void write_ids(const char *name, const struct idmap *ids, struct text *out)
{
	const struct idmap_entry *e;
	const char *between = "\n  ";
	size_t i = 0;

	text_add(out, "%s = (", name);
	while ((e = idmap_each(ids, &i))) {
		const uint64_t v[] = { e->hash,	   e->ordinal, e->index,
				       e->packets, e->bytes,   e->discontinuity };

		text_addn(out, between, strlen(between));
		list_write_numbers(out, true, v, sizeof(v) / sizeof(*v));
		between = ",\n  ";
	}
	text_add(out, "\n);\n");
}

static void write_sum(const struct mark_sum *s, const char **between, struct text *out)
{
	const uint64_t v[] = { s->value, s->mask, s->packets, s->bytes, s->discontinuity };

	text_addn(out, *between, strlen(*between));
	list_write_numbers(out, false, v, sizeof(v) / sizeof(*v));
	*between = ",\n  ";
}

/* The order says which marks are forgotten first: those that went first, those that are there
 * last. */
static void write_sums(const struct store *store, struct text *out)
{
	struct vec gone = VEC_INIT(struct mark_sum *);
	const char *between = "\n  ";
	const struct mark_sum *s;

	if (mark_sums_gone(store, &gone))
		out->err = -ENOMEM;
	text_add(out, "sums = (");
	for (size_t i = 0; i < gone.n; i++)
		write_sum(*(struct mark_sum **)vec_at(&gone, i), &between, out);
	for (struct oset_at at = OSET_BEGIN; (s = oset_get(&store->mark_sums, at));
	     at = oset_next(&store->mark_sums, at))
		if (s->shown)
			write_sum(s, &between, out);
	text_add(out, "\n);\n");
	vec_fini(&gone);
}

static void write_meters(const struct store *store, struct text *out)
{
	const char *between = "\n  ";

	text_add(out, "meters = (");
	for (size_t i = 0; i < store->meter_sums.n; i++) {
		const struct meter_sum *s = vec_at(&store->meter_sums, i);
		const uint64_t v[] = { s->value,	   s->mask,
				       s->all.packets,	   s->all.bytes,
				       s->seen[0].packets, s->seen[0].bytes,
				       s->seen[1].packets, s->seen[1].bytes };

		text_addn(out, between, strlen(between));
		list_write_numbers(out, false, v, sizeof(v) / sizeof(*v));
		between = ",\n  ";
	}
	text_add(out, "\n);\n");
}

static void write_all(struct store *store, struct text *out)
{
	places_write(&store->wanted[RULE_ROWS], out);
	write_sums(store, out);
	write_meters(store, out);
	write_ids("ruleIndices", &store->rule_ids, out);
	write_ids("policyIndices", &store->policy_ids, out);
}

static int read_ids(const config_setting_t *root, const char *name, bool reboot, struct idmap *ids,
		    struct why *why)
{
	const config_setting_t *list = config_setting_get_member(root, name);
	int64_t v[6];

	for (int i = 0; list && i < config_setting_length(list); i++) {
		struct idmap_entry e = { 0 };

		if (!list_numbers(list, i, v, 6) || v[2] < ROW_FOREIGN_MIN || v[2] > ROW_INDEX_MAX)
			return why_set(why, -EINVAL, "line %u: %s: six numbers are wanted",
				       config_setting_source_line(list), name);
		e.hash = (uint64_t)v[0];
		e.ordinal = (uint32_t)v[1];
		e.index = (uint32_t)v[2];
		e.packets = reboot ? 0 : (uint64_t)v[3];
		e.bytes = reboot ? 0 : (uint64_t)v[4];
		e.discontinuity = reboot ? 0 : (uint64_t)v[5];
		if (idmap_put(ids, &e) == -ENOMEM)
			return -ENOMEM;
	}
	return 0;
}

/* After a reboot a sum goes on from its value, with a discontinuity of now: no rate can be computed
 * across the reboot. */
static int read_sums(struct store *store, const config_setting_t *root, bool reboot,
		     struct why *why)
{
	const config_setting_t *list = config_setting_get_member(root, "sums");
	int64_t v[5];

	for (int i = 0; list && i < config_setting_length(list); i++) {
		struct mark_sum *s;

		if (!list_numbers(list, i, v, 5))
			return why_set(why, -EINVAL, "line %u: sums: five numbers are wanted",
				       config_setting_source_line(list));
		s = mark_sum_make(store, (uint32_t)v[0], (uint32_t)v[1]);
		if (!s)
			return -ENOMEM;
		s->gone = ++store->marks_gone; /* until a row is seen */
		s->packets = (uint64_t)v[2];
		s->bytes = (uint64_t)v[3];
		if (!reboot)
			s->discontinuity = (uint64_t)v[4];
	}
	return 0;
}

static int read_meters(struct store *store, const config_setting_t *root, bool reboot,
		       struct why *why)
{
	const config_setting_t *list = config_setting_get_member(root, "meters");
	int64_t v[8];

	for (int i = 0; list && i < config_setting_length(list); i++) {
		struct meter_sum *s;

		if (!list_numbers(list, i, v, 8))
			return why_set(why, -EINVAL, "line %u: meters: eight numbers are wanted",
				       config_setting_source_line(list));
		s = meter_sum_make(store, (uint32_t)v[0], (uint32_t)v[1]);
		if (!s)
			return -ENOMEM;
		s->all = (struct meter_count){ (uint64_t)v[2], (uint64_t)v[3] };
		/* After a reboot the kernel's counters begin at 0. */
		for (int f = 0; f < 2 && !reboot; f++)
			s->seen[f] = (struct meter_count){ (uint64_t)v[4 + 2 * f],
							   (uint64_t)v[5 + 2 * f] };
	}
	return 0;
}

static int read_all(struct store *store, const config_setting_t *root, bool reboot, struct why *why)
{
	int err = read_sums(store, root, reboot, why);

	places_read(&store->wanted[RULE_ROWS], root);
	if (!err)
		err = read_meters(store, root, reboot, why);
	if (!err)
		err = read_ids(root, "ruleIndices", reboot, &store->rule_ids, why);
	return err ? err : read_ids(root, "policyIndices", reboot, &store->policy_ids, why);
}

void counts_keep(struct store *store)
{
	uint64_t begun = clock_ms();
	struct text t = TEXT_INIT;
	int err;

	/* Before "indices" was written for the first time there is nothing that "counts" could
	 * belong to. */
	if (store->dry_run || !store->saved_serial || begun < store->counts_next_ms ||
	    !store->counts_dirty)
		return;
	text_add(&t, "serial = %u;\n", store->saved_serial);
	write_all(store, &t);
	err = t.err ? t.err : state_replace(store, "counts", &t, false, NULL);
	text_fini(&t);
	if (err)
		log_debug("keeping what was counted in %s: %s", store->dir, strerror(-err));
	store->counts_dirty = err != 0;
	store->counts_next_ms = clock_ms() + KEEP_SHARE * (clock_ms() - begun);
}

void counts_keep_now(struct store *store)
{
	store->counts_dirty = true;
	store->counts_next_ms = 0;
	counts_keep(store);
}

int counts_save(struct store *store)
{
	/* The new "indices" has all that was counted so far; "counts" belongs to the old one, by
	 * its serial. */
	uint32_t serial = store->saved_serial < INT32_MAX ? store->saved_serial + 1 : 1;
	char boot[STATE_BOOT_MAX];
	struct text t = TEXT_INIT;
	int err;

	state_boot(boot);
	text_add(&t, "# Indices and counts that fwmarkd keeps. Written by fwmarkd.\n");
	text_add(&t, "serial = %u;\nboot = \"%s\";\n", serial, boot);
	write_all(store, &t);
	err = t.err ? t.err : state_replace(store, "indices", &t, true, NULL);
	text_fini(&t);
	if (err)
		return err;
	store->saved_serial = serial;
	state_remove(store, "counts");
	store->counts_dirty = store->dirty = false;
	store->rule_ids.dirty = store->policy_ids.dirty = false;
	store->saved_ms = clock_ms();
	return 0;
}

/* Reads "counts" if it belongs to the "indices" that was read. */
static void load_counts(struct store *store, bool reboot)
{
	char path[STATE_PATH_MAX];
	struct why why = { "" };
	int serial = 0, err;
	config_t cfg;

	config_init(&cfg);
	err = state_read_file(state_path(store, "counts", path), &cfg, &why);
	if (!err && config_lookup_int(&cfg, "serial", &serial) &&
	    (uint32_t)serial == store->saved_serial) {
		idmap_fini(&store->rule_ids);
		idmap_fini(&store->policy_ids);
		err = read_all(store, config_root_setting(&cfg), reboot, &why);
	}
	if (err && err != -ENOENT)
		log_warn("%s: %s", path, why.s[0] ? why.s : strerror(-err));
	config_destroy(&cfg);
}

/* A damaged file is set aside. What was read of it before the damage is right, and is kept. */
void counts_load(struct store *store)
{
	char path[STATE_PATH_MAX], aside[STATE_PATH_MAX];
	struct why why = { "" };
	bool reboot = false, moved;
	int serial = 0, err;
	config_t cfg;

	config_init(&cfg);
	err = state_read_file(state_path(store, "indices", path), &cfg, &why);
	if (!err) {
		config_lookup_int(&cfg, "serial", &serial);
		reboot = state_rebooted(&cfg);
		store->saved_serial = serial < 0 ? 0 : (uint32_t)serial;
		err = read_all(store, config_root_setting(&cfg), reboot, &why);
	}
	config_destroy(&cfg);
	if (!err)
		load_counts(store, reboot);
	if (!err || err == -ENOENT)
		return;
	moved = !store->dry_run && !state_set_aside(path, aside);
	log_err("%s: %s%s%s", path, why.s[0] ? why.s : strerror(-err),
		moved ? ": set aside as " : "", moved ? aside : "");
}
