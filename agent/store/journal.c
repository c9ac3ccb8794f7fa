/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/journal.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/fault.h"
#include "base/log.h"
#include "lists.h"
#include "places.h"
#include "sections.h"
#include "store/files.h"
#include "store/store.h"

void journal_init(struct journal *j)
{
	for (size_t k = 0; k < ROW_KINDS; k++)
		wanted_init(&j->made[k], &row_kinds[k]);
	j->places = (struct vec)VEC_INIT(struct journal_place);
	j->settings = (struct vec)VEC_INIT(struct journal_setting);
	j->pending = true;
}

void journal_fini(struct journal *j)
{
	if (!j->pending)
		return;
	for (size_t k = 0; k < ROW_KINDS; k++)
		wanted_fini(&j->made[k]);
	vec_fini(&j->places);
	vec_fini(&j->settings);
	j->pending = false;
}

static void write_settings(const struct vec *settings, struct text *out)
{
	text_add(out, "settings = (");
	for (size_t i = 0; i < settings->n; i++) {
		const struct journal_setting *s = vec_at(settings, i);

		text_add(out, "%s [ %u, %u, %d ]", i ? "," : "", s->ifindex, s->conf, s->value);
	}
	text_add(out, " );\n");
}

int journal_write(struct store *store, const struct journal *j, struct why *why)
{
	struct text t = TEXT_INIT;
	char boot[STATE_BOOT_MAX];
	int err;

	state_boot(boot);
	text_add(&t, "# The SET that fwmarkd is at. Written by fwmarkd.\n");
	text_add(&t, "sets = %" PRId64 "L;\nboot = \"%s\";\nprotocol = %u;\n", store->sets, boot,
		 store->protocol);
	sections_write((struct wanted *)j->made, &t);
	text_add(&t, "places = (");
	for (size_t i = 0; i < j->places.n; i++) {
		const struct journal_place *p = vec_at(&j->places, i);

		text_add(&t, "%s [ %u, %u ]", i ? "," : "", p->index, p->position);
	}
	text_add(&t, " );\n");
	write_settings(&j->settings, &t);
	err = fault_here("journal: write");
	if (!err)
		err = t.err ? t.err : state_replace(store, "journal", &t, false, NULL);
	text_fini(&t);
	return err ? why_set(why, err, "writing to %s: %s", store->dir, strerror(-err)) : 0;
}

void journal_drop(struct store *store)
{
	if (!store->dry_run)
		state_remove(store, "journal");
}

/* The last value of enum sysctl_conf that a SET changes; this room does not see routing/. */
enum { CONF_MAX = 1 };

static int read_settings(const config_setting_t *root, struct vec *out)
{
	const config_setting_t *list = config_setting_get_member(root, "settings");
	int64_t v[3];

	for (int i = 0; list && i < config_setting_length(list); i++) {
		struct journal_setting *s;

		if (!list_numbers(list, i, v, 3) || v[1] < 0 || v[1] > CONF_MAX)
			return -EINVAL;
		s = vec_push(out);
		if (!s)
			return -ENOMEM;
		*s = (struct journal_setting){ (uint32_t)v[0], (unsigned)v[1], (int)v[2] };
	}
	return 0;
}

static int read_places(const config_setting_t *root, struct vec *out)
{
	const config_setting_t *list = config_setting_get_member(root, "places");
	int64_t v[2];

	for (int i = 0; list && i < config_setting_length(list); i++) {
		struct journal_place *p;

		if (!list_numbers(list, i, v, 2))
			return -EINVAL;
		p = vec_push(out);
		if (!p)
			return -ENOMEM;
		*p = (struct journal_place){ (uint32_t)v[0], (uint32_t)v[1] };
	}
	return 0;
}

/* Returns: 1: this SET was cut off; 0: it was not; -errno with @why. */
static int read_all(struct store *store, const config_t *cfg, struct why *why)
{
	const config_setting_t *root = config_root_setting(cfg);
	struct journal *j = &store->journal;
	long long sets = -1;
	int err;

	config_lookup_int64(cfg, "sets", &sets);
	if (sets != store->sets || state_rebooted(cfg))
		return 0;
	journal_init(j);
	/* Rules that the SET destroyed are put back by the place of their row; of the others, the
	 * first reading of netfilter overwrites it by where they stand now. */
	places_read(&store->wanted[RULE_ROWS], root);
	err = read_places(root, &j->places);
	if (!err)
		err = read_settings(root, &j->settings);
	if (!err)
		err = sections_read(root, store->protocol, false, j->made, why);
	return err ? err : 1;
}

void journal_load(struct store *store)
{
	char path[STATE_PATH_MAX];
	struct why why = { "" };
	config_t cfg;
	int err;

	config_init(&cfg);
	err = state_read_file(state_path(store, "journal", path), &cfg, &why);
	/* Without the state file there is nothing to go back to: what the kernel has counts. */
	if (!err)
		err = store->known ? read_all(store, &cfg, &why) : 0;
	if (err < 0 && err != -ENOENT)
		log_warn("%s: %s: passed over", path, why.s[0] ? why.s : strerror(-err));
	if (err < 0)
		journal_fini(&store->journal);
	if (err <= 0 && err != -ENOENT)
		journal_drop(store);
	config_destroy(&cfg);
}

void *journal_find(const struct store *store, size_t kind, const void *key)
{
	return store->journal.pending ? wanted_find(&store->journal.made[kind], key) : NULL;
}
