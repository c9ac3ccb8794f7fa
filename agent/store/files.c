/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/files.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "store/store.h"

/* Appends what tells the network namespace from all others of this boot: its cookie. Linux has it from
 * 5.14 on; before that the number of its inode, which the next namespace may get. */
static void netns_add(char *boot)
{
	size_t n = strlen(boot);
	socklen_t len = sizeof(uint64_t);
	uint64_t cookie = 0;
	struct stat st = { 0 };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && !getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len))
		snprintf(boot + n, STATE_BOOT_MAX - n, "/netns %" PRIu64, cookie);
	else if (!stat("/proc/self/ns/net", &st))
		snprintf(boot + n, STATE_BOOT_MAX - n, "/%ju", (uintmax_t)st.st_ino);
	if (fd >= 0)
		close(fd);
}

void state_boot(char boot[STATE_BOOT_MAX])
{
	char id[64] = "unknown";
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (f) {
		if (!fgets(id, sizeof(id), f))
			id[0] = '\0';
		fclose(f);
	}
	id[strcspn(id, "\n")] = '\0';
	snprintf(boot, STATE_BOOT_MAX, "%s", id);
	netns_add(boot);
}

bool state_rebooted(const config_t *cfg)
{
	char now[STATE_BOOT_MAX];
	const char *boot = "";

	config_lookup_string(cfg, "boot", &boot);
	state_boot(now);
	return strcmp(boot, now) != 0;
}

const char *state_path(const struct store *store, const char *name, char path[STATE_PATH_MAX])
{
	snprintf(path, STATE_PATH_MAX, "%s/%s", store->dir, name);
	return path;
}

int state_replace(const struct store *store, const char *name, const struct text *t, bool flush,
		  bool *replaced)
{
	const struct file_new file = {
		.dir = store->dir,
		.name = name,
		.bytes = text_str(t),
		.n = t->len,
		.mode = 0600,
		.flush = flush,
		.faults = "state",
	};

	return file_replace(&file, replaced);
}

void state_remove(const struct store *store, const char *name)
{
	char path[STATE_PATH_MAX];

	unlink(state_path(store, name, path));
}

int state_set_aside(const char *path, char aside[STATE_PATH_MAX])
{
	enum { LAST = 99 };
	struct stat st;

	/* Whoever wants to look finds those of before, too. When no name is free, the last one goes. */
	for (int i = 0; i <= LAST; i++) {
		snprintf(aside, STATE_PATH_MAX, i ? "%s.damaged.%d" : "%s.damaged", path, i);
		if (lstat(aside, &st))
			break;
	}
	return rename(path, aside) ? -errno : 0;
}

const char *include_next(const char *s, unsigned *line)
{
	static const char word[] = "@include";

	while (*s) {
		const char *p = s + strspn(s, " \t");

		if (strncmp(p, word, sizeof(word) - 1) == 0)
			return p + sizeof(word) - 1;
		s += strcspn(s, "\n");
		if (*s)
			s++, ++*line;
	}
	return NULL;
}

/* The file is read as a whole first: libconfig ends the process where it cannot read on, see
 * conf_load(). */
int state_read_file(const char *path, config_t *cfg, struct why *why)
{
	struct text all = TEXT_INIT;
	unsigned line = 1;
	struct stat st;
	int err;

	/* Reading would wait for a writer. The user of the directory may have put a pipe there. */
	if (stat(path, &st) == 0 && S_ISFIFO(st.st_mode))
		return why_set(why, -EINVAL, "it is a pipe");
	err = text_add_file(&all, path, STATE_FILE_MAX);
	if (err)
		why_set(why, err, "%s", strerror(-err));
	/* The path is no file, or the file is none that fwmarkd wrote. */
	if (err == -EISDIR || err == -EFBIG || err == -EILSEQ || err == -EIO)
		err = -EINVAL;
	else if (!err && include_next(text_str(&all), &line))
		err = why_set(why, -EINVAL, "line %u: @include has no place here", line);
	else if (!err && !config_read_string(cfg, text_str(&all)))
		err = why_set(why, -EINVAL, "line %d: %s", config_error_line(cfg),
			      config_error_text(cfg));
	text_fini(&all);
	return err;
}
