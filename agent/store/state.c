/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state file: the rows that managers want. It is text that libconfig reads, and is replaced by
 * rename, so that a crash leaves the old file or the new one. Indices of foreign rows and sums are
 * in files of their own, see counters.h: a SET does not wait for them.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/log.h"
#include "sections.h"
#include "store/counters.h"
#include "store/files.h"

enum { STATE_VERSION = 1, SUMS_SAVE_MS = 60000 };

static void write_all(struct store *store, struct text *out)
{
	char boot[STATE_BOOT_MAX];

	state_boot(boot);
	text_add(out, "# What fwmarkd keeps. Written by fwmarkd; change it only while that is "
		      "stopped.\n");
	text_add(out, "sets = %" PRId64 "L;\n", store->sets);
	text_add(out, "version = %d;\nboot = \"%s\";\nepoch = %" PRId64 "L;\n", STATE_VERSION, boot,
		 *store->epoch);
	text_add(out, "protocol = %u;\n", store->protocol);
	text_add(out, "notifications = %s;\neditLock = %d;\n",
		 store->agent.notifications ? "true" : "false", store->agent.edit_lock);
	sections_write(store->wanted, out);
	/* Without this, a file that was cut off between two lists would look whole. */
	text_add(out, "complete = true;\n");
}

static int save_failed(const struct store *store, int err, struct why *why)
{
	return why_set(why, err, "saving the state in %s: %s", store->dir, strerror(-err));
}

int state_save_rows(struct store *store, bool *replaced, struct why *why)
{
	struct text t = TEXT_INIT;
	int err;

	write_all(store, &t);
	err = t.err ? t.err : state_replace(store, "state", &t, true, replaced);
	text_fini(&t);
	if (err)
		return save_failed(store, err, why);
	store->saved_epoch = *store->epoch;
	store->rows_dirty = false;
	return 0;
}

int state_save(struct store *store, struct why *why)
{
	int err = counts_save(store);

	return err ? save_failed(store, err, why) : state_save_rows(store, NULL, why);
}

/* Says once that saving fails, and once that it does no more. */
static void saved(struct store *store, int err, const struct why *why)
{
	if (err && !store->failing)
		log_err("%s: SETs are refused until that works", why->s);
	else if (!err && store->failing)
		log_info("the state is saved in %s again", store->dir);
	store->failing = err != 0;
}

void state_begin(struct store *store)
{
	struct why why = { "" };
	int err = state_save(store, &why);

	/* So that the tick tries both files again. */
	store->rows_dirty |= err != 0;
	store->rule_ids.dirty |= err != 0;
	saved(store, err, &why);
}

void state_tick(struct store *store)
{
	bool ids = store->rule_ids.dirty || store->policy_ids.dirty;
	bool sums = store->dirty && clock_ms() - store->saved_ms >= SUMS_SAVE_MS;
	int err = ids || sums ? counts_save(store) : 0;
	struct why why;

	if (err)
		save_failed(store, err, &why);
	else if (store->rows_dirty || *store->epoch != store->saved_epoch)
		err = state_save_rows(store, NULL, &why);
	counts_keep(store);
	saved(store, err, &why);
}

static int read_all(struct store *store, const config_t *cfg, struct why *why)
{
	bool reboot = state_rebooted(cfg);
	long long epoch, sets = 0;
	int version = 0, flag = 1, lock = 0;

	if (!config_lookup_int(cfg, "version", &version) || version != STATE_VERSION)
		return why_set(why, -EINVAL, "version %d is not one that is known here", version);
	config_lookup_bool(cfg, "notifications", &flag);
	config_lookup_int(cfg, "editLock", &lock);
	config_lookup_int64(cfg, "sets", &sets);
	if (!config_lookup(cfg, "complete"))
		return why_set(why, -EINVAL, "the end of it is missing");
	store->sets = sets;
	/* For an snmpd that was not restarted meanwhile, times are shown as before; see
	 * epoch_of(). */
	if (!reboot && config_lookup_int64(cfg, "epoch", &epoch))
		*store->epoch = epoch;
	store->agent.notifications = flag;
	store->agent.edit_lock = lock < 0 ? 0 : lock;
	return sections_read(config_root_setting(cfg), store->protocol, reboot, store->wanted, why);
}

/* Keeps a damaged file for whoever wants to look at it; the agent starts with what the kernel
 * has. */
static int set_aside(struct store *store, const char *path, struct why *why)
{
	char aside[STATE_PATH_MAX];
	struct why was = *why;
	int err = store->dry_run ? 0 : state_set_aside(path, aside);

	if (err)
		return why_set(why, err, "%s: %s", path, strerror(-err));
	store_clear(store);
	if (store->dry_run)
		return why_set(why, -EINVAL, "%s: %s", path, was.s);
	return why_set(why, -EINVAL, "%s: %s: set aside as %s", path, was.s, aside);
}

static int load_rows(struct store *store, struct why *why)
{
	char path[STATE_PATH_MAX];
	config_t cfg;
	int err;

	if (!store->dry_run && mkdir(store->dir, 0700) && errno != EEXIST)
		return why_set(why, -errno, "%s: %s", store->dir, strerror(errno));
	config_init(&cfg);
	err = state_read_file(state_path(store, "state", path), &cfg, why);
	if (!err)
		err = read_all(store, &cfg, why);
	else if (err != -ENOENT && err != -EINVAL)
		why_set(why, err, "%s: %s", path, strerror(-err));
	store->known = !err;
	config_destroy(&cfg);
	if (err == -ENOENT)
		return 0;
	return err == -EINVAL ? set_aside(store, path, why) : err;
}

/* Removes what was being written when the agent was killed. */
static void remove_new(const struct store *store)
{
	static const char *const names[] = { "state.new", "indices.new", "counts.new",
					     "journal.new", "static.new" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		state_remove(store, names[i]);
}

int state_load(struct store *store, struct why *why)
{
	int err = load_rows(store, why);

	if (!store->dry_run)
		remove_new(store);
	if (!err || err == -EINVAL)
		counts_load(store);
	journal_load(store);
	return err;
}
