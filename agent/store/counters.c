/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/counters.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "views/rule_ids.h"

/* Of its time, the agent spends at most one part in so many on this. */
enum { KEEP_SHARE = 20 };

/* A line of numbers, the first one in hexadecimal where @hash. Every SET waits for thousands of these:
 * printf() would take more of its time than the kernel. */
static void write_numbers(struct text *out, bool hash, const uint64_t *v, size_t n)
{
	char buf[8 * 24], *end = buf + sizeof(buf), *p = end;

	*--p = ']';
	for (size_t i = n; i--;) {
		uint64_t left = v[i];
		unsigned base = hash && i == 0 ? 16 : 10;

		*--p = i + 1 < n ? ',' : ' ';
		*--p = 'L';
		do
			*--p = "0123456789abcdef"[left % base];
		while (left /= base);
		if (base == 16) {
			*--p = 'x';
			*--p = '0';
		}
		if (i)
			*--p = ' ';
	}
	*--p = ' ';
	*--p = '[';
	text_addn(out, p, (size_t)(end - p));
}

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
		write_numbers(out, true, v, sizeof(v) / sizeof(*v));
		between = ",\n  ";
	}
	text_add(out, "\n);\n");
}

static void write_sums(const struct app *a, struct text *out)
{
	const char *between = "\n  ";

	text_add(out, "sums = (");
	for (size_t i = 0; i < a->marks.sums.n; i++) {
		const struct mark_sum *s = vec_at(&a->marks.sums, i);
		const struct mark key = { .value = s->value, .mask = s->mask };
		const uint64_t v[] = { s->value, s->mask, s->packets, s->bytes, s->discontinuity };

		/* One that never counted and has no row any more is forgotten. */
		if (!s->packets && !s->bytes && !vec_find(&a->marks.rows, &key, mark_cmp))
			continue;
		text_addn(out, between, strlen(between));
		write_numbers(out, false, v, sizeof(v) / sizeof(*v));
		between = ",\n  ";
	}
	text_add(out, "\n);\n");
}

static void write_all(struct app *a, struct text *out)
{
	rule_places_write(a, out);
	write_sums(a, out);
	meters_write(a, out);
	write_ids("ruleIndices", &a->rules.ids, out);
	write_ids("policyIndices", &a->policies.ids, out);
}

/* One line of numbers. Returns: 0 or -EINVAL. */
static int read_numbers(const config_setting_t *list, int i, uint64_t *out, int n)
{
	const config_setting_t *line = config_setting_get_elem(list, (unsigned)i);

	if (!line || !config_setting_is_array(line) || config_setting_length(line) != n)
		return -EINVAL;
	for (int k = 0; k < n; k++)
		out[k] = (uint64_t)config_setting_get_int64_elem(line, k);
	return 0;
}

static int read_ids(const config_setting_t *root, const char *name, bool reboot, struct idmap *ids,
		    struct why *why)
{
	const config_setting_t *list = config_setting_get_member(root, name);
	uint64_t v[6];

	for (int i = 0; list && i < config_setting_length(list); i++) {
		struct idmap_entry e = { 0 };

		if (read_numbers(list, i, v, 6) || v[2] < ROW_FOREIGN_MIN || v[2] > ROW_INDEX_MAX)
			return why_set(why, -EINVAL, "line %u: %s: six numbers are wanted",
				       config_setting_source_line(list), name);
		e.hash = v[0];
		e.ordinal = (uint32_t)v[1];
		e.index = (uint32_t)v[2];
		e.packets = reboot ? 0 : v[3];
		e.bytes = reboot ? 0 : v[4];
		e.discontinuity = reboot ? 0 : v[5];
		if (idmap_put(ids, &e) == -ENOMEM)
			return -ENOMEM;
	}
	return 0;
}

/* After a reboot a sum goes on from where it was, but at which rate nobody knows. */
static int read_sums(struct app *a, const config_setting_t *root, bool reboot, struct why *why)
{
	const config_setting_t *list = config_setting_get_member(root, "sums");
	uint64_t v[5];

	for (int i = 0; list && i < config_setting_length(list); i++) {
		struct mark_sum *s;

		if (read_numbers(list, i, v, 5))
			return why_set(why, -EINVAL, "line %u: sums: five numbers are wanted",
				       config_setting_source_line(list));
		s = marks_sum(a, (uint32_t)v[0], (uint32_t)v[1]);
		if (!s)
			return -ENOMEM;
		s->packets = v[2];
		s->bytes = v[3];
		if (!reboot)
			s->discontinuity = v[4];
	}
	return 0;
}

int counts_read(struct app *a, const config_setting_t *root, bool reboot, struct why *why)
{
	int err = read_sums(a, root, reboot, why);

	rule_places_read(a, root);
	if (!err)
		err = meters_read(a, root, reboot, why);
	if (!err)
		err = read_ids(root, "ruleIndices", reboot, &a->rules.ids, why);
	return err ? err : read_ids(root, "policyIndices", reboot, &a->policies.ids, why);
}

static const char *path_of(const struct app *a, const char *name, char *buf, size_t size)
{
	snprintf(buf, size, "%s/%s", a->conf.state_dir, name);
	return buf;
}

void counts_keep(struct app *a)
{
	uint64_t begun = clock_ms();
	struct text t = TEXT_INIT;
	int err;

	/* Without a file of indices (at the start) there is nothing that it could belong to. */
	if (a->look || !a->saved_serial || begun < a->counts_next_ms || !a->counts_dirty)
		return;
	text_add(&t, "serial = %u;\n", a->saved_serial);
	write_all(a, &t);
	err = t.err ? t.err : state_replace(a, "counts", &t, false, NULL);
	text_fini(&t);
	if (err)
		log_debug("keeping what was counted in %s: %s", a->conf.state_dir, strerror(-err));
	a->counts_dirty = err != 0;
	a->counts_next_ms = clock_ms() + KEEP_SHARE * (clock_ms() - begun);
}

void counts_keep_now(struct app *a)
{
	a->counts_dirty = true;
	a->counts_next_ms = 0;
	counts_keep(a);
}

int counts_save(struct app *a)
{
	/* What was counted up to here is in it; counts of before belong to the one before. */
	uint32_t serial = a->saved_serial < INT32_MAX ? a->saved_serial + 1 : 1;
	char boot[128], path[CONF_PATH_MAX + 16];
	struct text t = TEXT_INIT;
	int err;

	state_boot(boot, sizeof(boot));
	text_add(&t, "# Indices and counts that fwmarkd keeps. Written by fwmarkd.\n");
	text_add(&t, "serial = %u;\nboot = \"%s\";\n", serial, boot);
	write_all(a, &t);
	err = t.err ? t.err : state_replace(a, "indices", &t, true, NULL);
	text_fini(&t);
	if (err)
		return err;
	a->saved_serial = serial;
	unlink(path_of(a, "counts", path, sizeof(path)));
	a->counts_dirty = a->state_dirty = a->rules.ids.dirty = a->policies.ids.dirty = false;
	a->saved_ms = clock_ms();
	return 0;
}

/* What is damaged is left aside: what was read of it up to there is true, the rest begins anew. */
void counts_restore(struct app *a)
{
	char path[CONF_PATH_MAX + 16], aside[STATE_ASIDE_MAX], now[128];
	const char *boot = "";
	struct why why = { "" };
	bool reboot = false, moved;
	int serial = 0, err;
	config_t cfg;

	path_of(a, "indices", path, sizeof(path));
	config_init(&cfg);
	err = state_read_file(path, &cfg, &why);
	if (!err) {
		config_lookup_int(&cfg, "serial", &serial);
		config_lookup_string(&cfg, "boot", &boot);
		state_boot(now, sizeof(now));
		reboot = strcmp(boot, now) != 0;
		a->saved_serial = serial < 0 ? 0 : (uint32_t)serial;
		err = counts_read(a, config_root_setting(&cfg), reboot, &why);
	}
	config_destroy(&cfg);
	if (!err)
		counts_load(a, reboot);
	if (!err || err == -ENOENT)
		return;
	moved = !a->look && !state_set_aside(path, aside);
	log_err("%s: %s%s%s", path, why.s[0] ? why.s : strerror(-err),
		moved ? ": set aside as " : "", moved ? aside : "");
}

void counts_load(struct app *a, bool reboot)
{
	char path[CONF_PATH_MAX + 16];
	struct why why = { "" };
	int serial = 0, err;
	config_t cfg;

	path_of(a, "counts", path, sizeof(path));
	config_init(&cfg);
	err = state_read_file(path, &cfg, &why);
	if (!err && config_lookup_int(&cfg, "serial", &serial) &&
	    (uint32_t)serial == a->saved_serial) {
		idmap_fini(&a->rules.ids);
		idmap_fini(&a->policies.ids);
		err = counts_read(a, config_root_setting(&cfg), reboot, &why);
	}
	if (err && err != -ENOENT)
		log_warn("%s: %s", path, why.s[0] ? why.s : strerror(-err));
	config_destroy(&cfg);
}
