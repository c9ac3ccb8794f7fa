/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state file: what managers want. Text that libconfig reads, replaced by rename, so that a crash
 * leaves the old or the new one. Indices of foreign rows and sums of marks are in files of their
 * own, see counts.h: a SET does not wait for them.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libconfig.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"
#include "daemon/app.h"
#include "daemon/conf_value.h"
#include "store/counters.h"
#include "store/state_rows.h"

enum { STATE_VERSION = 1, SUMS_SAVE_MS = 60000 };

static const char *path_of(const struct app *a, const char *suffix, char *buf, size_t size)
{
	snprintf(buf, size, "%s/state%s", a->conf.state_dir, suffix);
	return buf;
}

void state_boot(char *buf, size_t size)
{
	struct stat st = { 0 };
	char id[64] = "unknown";
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (f) {
		if (!fgets(id, sizeof(id), f))
			id[0] = '\0';
		fclose(f);
	}
	id[strcspn(id, "\n")] = '\0';
	if (stat("/proc/self/ns/net", &st))
		st.st_ino = 0;
	snprintf(buf, size, "%s/%ju", id, (uintmax_t)st.st_ino);
}

static void write_all(struct app *a, struct text *out)
{
	struct managed *all[ROW_KINDS];
	char boot[128];

	state_boot(boot, sizeof(boot));
	text_add(out, "# What fwmarkd keeps. Written by fwmarkd; change it only while that is "
		      "stopped.\n");
	/* Before the version, so that whatever has that is known to have an end. */
	text_add(out, "sets = %" PRId64 "L;\n", a->sets_kept);
	text_add(out, "version = %d;\nboot = \"%s\";\nepoch = %" PRId64 "L;\n", STATE_VERSION, boot,
		 a->mib.epoch);
	text_add(out, "protocol = %u;\n", a->conf.protocol);
	text_add(out, "notifications = %s;\neditLock = %d;\n",
		 a->agent.row.notifications ? "true" : "false", a->agent.row.edit_lock);
	state_sections(a, all);
	state_write_sections(all, out);
	/* Cut off between two lists, it would look whole. */
	text_add(out, "complete = true;\n");
}

static int sync_directory(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = fd < 0 || fault_here("state: fsync of the directory") || fsync(fd) ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return err;
}

/* Returns: 0 or -errno. */
static int write_bytes(int fd, const char *s, size_t n)
{
	while (n) {
		ssize_t done = write(fd, s, n);

		if (done < 0 && errno != EINTR)
			return -errno;
		if (done > 0) {
			s += done;
			n -= (size_t)done;
		}
	}
	return 0;
}

int state_replace(const struct app *a, const char *name, const struct text *t, bool flush,
		  bool *replaced)
{
	char tmp[CONF_PATH_MAX + 32], path[CONF_PATH_MAX + 32];
	int fd, err;

	snprintf(path, sizeof(path), "%s/%s", a->conf.state_dir, name);
	snprintf(tmp, sizeof(tmp), "%s/%s.new", a->conf.state_dir, name);
	/* What is there may be anything, a link to somewhere else: root may run where a user did. */
	if (unlink(tmp) && errno != ENOENT)
		return -errno;
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	err = write_bytes(fd, text_str(t), t->len);
	if (!err && flush && (fault_here("state: fsync") || fsync(fd)))
		err = -errno;
	close(fd);
	if (!err && ((flush && fault_here("state: rename")) || rename(tmp, path)))
		err = -errno;
	if (err) {
		unlink(tmp);
		return err;
	}
	if (replaced)
		*replaced = true;
	return flush ? sync_directory(a->conf.state_dir) : 0;
}

static int save_failed(const struct app *a, int err, struct why *why)
{
	return why_set(why, err, "saving the state in %s: %s", a->conf.state_dir, strerror(-err));
}

int state_save_rows(struct app *a, bool *replaced, struct why *why)
{
	struct text t = TEXT_INIT;
	int err;

	write_all(a, &t);
	err = t.err ? t.err : state_replace(a, "state", &t, true, replaced);
	text_fini(&t);
	if (err)
		return save_failed(a, err, why);
	a->saved_epoch = a->mib.epoch;
	a->rows_dirty = false;
	return 0;
}

int state_save(struct app *a, struct why *why)
{
	/* First what a state file of an earlier version has, and this one will not. */
	int err = counts_save(a);

	return err ? save_failed(a, err, why) : state_save_rows(a, NULL, why);
}

void state_tick(struct app *a)
{
	bool ids;
	bool sums = a->state_dirty && clock_ms() - a->saved_ms >= SUMS_SAVE_MS;
	static bool failing;
	struct why why;
	int err;

	/* Nobody has asked since; a reboot may come all the same. */
	if (a->rules.unplaced && a->mib.state == TXN_IDLE) {
		a->rules.unplaced = false;
		rules_sync(a);
	}
	ids = a->rules.ids.dirty || a->policies.ids.dirty;
	err = ids || sums ? counts_save(a) : 0;
	if (err)
		save_failed(a, err, &why);
	else if (a->rows_dirty || a->mib.epoch != a->saved_epoch)
		err = state_save_rows(a, NULL, &why);
	counts_keep(a);
	if (err && !failing)
		log_err("%s", why.s);
	failing = err != 0;
}

static int read_all(struct app *a, const config_t *cfg, struct why *why)
{
	const config_setting_t *root = config_root_setting(cfg);
	struct managed *all[ROW_KINDS];
	const char *boot = "";
	long long epoch, sets = 0;
	char now[128];
	int version = 0, flag = 1, lock = 0, serial = 0, err;
	bool reboot, earlier;

	if (!config_lookup_int(cfg, "version", &version) || version != STATE_VERSION)
		return why_set(why, -EINVAL, "version %d is not one that is known here", version);
	config_lookup_string(cfg, "boot", &boot);
	state_boot(now, sizeof(now));
	reboot = strcmp(boot, now) != 0;
	config_lookup_bool(cfg, "notifications", &flag);
	config_lookup_int(cfg, "editLock", &lock);
	if (config_lookup_int64(cfg, "sets", &sets) && !config_lookup(cfg, "complete"))
		return why_set(why, -EINVAL, "the end of it is missing");
	a->sets_kept = sets;
	/* Earlier versions had indices and counts in the state file, too. */
	earlier = config_lookup_int(cfg, "serial", &serial) || config_lookup(cfg, "ruleIndices");
	/* Times keep their value for a master that goes on; see epoch_of(). */
	if (!reboot && config_lookup_int64(cfg, "epoch", &epoch))
		a->mib.epoch = epoch;
	a->saved_serial = serial < 0 ? 0 : (uint32_t)serial;
	a->agent.row.notifications = flag;
	a->agent.row.edit_lock = lock < 0 ? 0 : lock;
	state_sections(a, all);
	err = state_read_sections(a, root, all, reboot, why);
	if (err || !earlier)
		return err;
	err = counts_read(a, root, reboot, why);
	if (!err)
		counts_load(a, reboot);
	return err;
}

int state_set_aside(const char *path, char aside[STATE_ASIDE_MAX])
{
	int err = -EEXIST;

	/* The last one may be a directory, or this one. */
	for (int i = 0; i < 10 && err; i++) {
		snprintf(aside, STATE_ASIDE_MAX, i ? "%s.damaged.%d" : "%s.damaged", path, i);
		err = rename(path, aside) ? -errno : 0;
	}
	return err;
}

/* A damaged file is kept for whoever wants to look, and the agent starts with what the kernel
 * holds. */
static int set_aside(struct app *a, const char *path, struct why *why)
{
	char aside[STATE_ASIDE_MAX];
	struct why was = *why;
	int err = a->look ? 0 : state_set_aside(path, aside);

	if (err)
		return why_set(why, err, "%s: %s", path, strerror(-err));
	views_fini(a);
	views_init(a);
	if (a->look)
		return why_set(why, -EINVAL, "%s: %s", path, was.s);
	return why_set(why, -EINVAL, "%s: %s: set aside as %s", path, was.s, aside);
}

/* Read as a whole first: libconfig ends the process where it cannot read on; see conf_load(). */
int state_read_file(const char *path, config_t *cfg, struct why *why)
{
	struct text all = TEXT_INIT;
	unsigned line = 1;
	struct stat st;
	int err;

	/* Its user may have left one there that nobody writes to. */
	if (stat(path, &st) == 0 && S_ISFIFO(st.st_mode))
		return why_set(why, -EINVAL, "it is a pipe");
	err = text_add_file(&all, path, STATE_FILE_MAX);
	if (err)
		why_set(why, err, "%s", strerror(-err));
	/* No file, or none that was written here. */
	if (err == -EISDIR || err == -EFBIG || err == -EILSEQ || err == -EIO)
		err = -EINVAL;
	else if (!err && conf_include_next(text_str(&all), &line))
		err = why_set(why, -EINVAL, "line %u: @include has no place here", line);
	else if (!err && !config_read_string(cfg, text_str(&all)))
		err = why_set(why, -EINVAL, "line %d: %s", config_error_line(cfg),
			      config_error_text(cfg));
	text_fini(&all);
	return err;
}

static int load_rows(struct app *a, struct why *why)
{
	char path[CONF_PATH_MAX + 16];
	config_t cfg;
	int err;

	if (!a->look && mkdir(a->conf.state_dir, 0700) && errno != EEXIST)
		return why_set(why, -errno, "%s: %s", a->conf.state_dir, strerror(errno));
	config_init(&cfg);
	err = state_read_file(path_of(a, "", path, sizeof(path)), &cfg, why);
	if (!err)
		err = read_all(a, &cfg, why);
	else if (err != -ENOENT && err != -EINVAL)
		why_set(why, err, "%s: %s", path, strerror(-err));
	a->state_known = !err;
	config_destroy(&cfg);
	if (err == -ENOENT)
		return 0;
	return err == -EINVAL ? set_aside(a, path, why) : err;
}

/* What was being written when the agent was killed. */
static void remove_new(const struct app *a)
{
	static const char *const names[] = { "state", "indices", "counts", "intent", "static" };
	char path[CONF_PATH_MAX + 16];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "%s/%s.new", a->conf.state_dir, names[i]);
		unlink(path);
	}
}

int state_load(struct app *a, struct why *why)
{
	int err = load_rows(a, why);

	if (!a->look)
		remove_new(a);
	/* Not after a state file of an earlier version: that had them itself. */
	if (!a->saved_serial && (!err || err == -EINVAL))
		counts_restore(a);
	intent_load(a);
	return err;
}
