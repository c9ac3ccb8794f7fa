/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "routing/rt_names.h"

/* The directories to watch, and where each would appear. The parent of a directory that exists is
 * not watched, because much happens in /etc that does not matter here. */
static const struct {
	const char *dir, *parent;
} watched[] = {
	{ "/etc/iproute2", "/etc" },
	{ "/etc/iproute2/rt_tables.d", NULL },
	{ "/etc/iproute2/rt_protos.d", NULL },
	{ "/usr/share/iproute2", "/usr/share" },
	{ "/usr/share/iproute2/rt_tables.d", NULL },
	{ "/usr/share/iproute2/rt_protos.d", NULL },
	{ "/usr/lib/iproute2", "/usr/lib" },
	{ "/usr/lib/iproute2/rt_tables.d", NULL },
	{ "/usr/lib/iproute2/rt_protos.d", NULL },
};

static const char *const interesting[] = {
	"iproute2",  "rt_tables", "rt_tables.d", "rt_protos",  "rt_protos.d",
	"rt_scopes", "rt_realms", "group",	 "rt_dsfield",
};

/* Events that change what can be read. A file that is written is reported when it is closed. */
static const uint32_t mask = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
			     IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

static bool is_absent(int err)
{
	return err == ENOENT || err == ENOTDIR || err == EACCES;
}

/* May be called again at any time: a directory that is watched already stays watched once. */
static int watch_all(int fd)
{
	for (size_t i = 0; i < sizeof(watched) / sizeof(*watched); i++) {
		if (inotify_add_watch(fd, watched[i].dir, mask) >= 0)
			continue;
		if (!is_absent(errno))
			return -errno;
		if (watched[i].parent && inotify_add_watch(fd, watched[i].parent, mask) < 0 &&
		    !is_absent(errno))
			return -errno;
	}
	return 0;
}

int rt_names_watch(void)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = watch_all(fd);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

static bool is_interesting(const struct inotify_event *ev)
{
	size_t n;

	if (!ev->len) /* the directory itself, or events were lost */
		return true;
	n = strnlen(ev->name, ev->len);
	if (n > 5 && !memcmp(ev->name + n - 5, ".conf", 5))
		return true;
	for (size_t i = 0; i < sizeof(interesting) / sizeof(*interesting); i++)
		if (n == strlen(interesting[i]) && !memcmp(ev->name, interesting[i], n))
			return true;
	return false;
}

int rt_names_changed(int fd)
{
	_Alignas(struct inotify_event) char buf[4096];
	bool changed = false;
	ssize_t n;
	int err;

	while ((n = read(fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR)) {
		for (ssize_t at = 0; at < n;) {
			const struct inotify_event *ev = (const void *)(buf + at);

			changed |= is_interesting(ev);
			at += (ssize_t)(sizeof(*ev) + ev->len);
		}
	}
	if (n < 0 && errno != EAGAIN)
		return -errno;
	if (!changed)
		return 0;
	/* The caller reads the files after this, and so sees what has appeared in a new directory
	 * before it is watched. */
	err = watch_all(fd);
	return err ? err : 1;
}
