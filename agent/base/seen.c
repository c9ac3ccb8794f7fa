/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/seen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/*
 * How long after a change another one may leave the same times behind: file systems keep them by
 * the kernel's tick, which is 10 ms at most, and some (jffs2, ext3) by the second.
 */
enum { TICK_MS = 100, SECOND_MS = 2000 };

static bool is_recent(const struct timespec *changed)
{
	int64_t limit = changed->tv_nsec ? TICK_MS : SECOND_MS, age;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	age = ((int64_t)now.tv_sec - changed->tv_sec) * 1000 +
	      (now.tv_nsec - changed->tv_nsec) / 1000000;
	return age < limit && age > -limit;
}

static struct seen_file look(const char *path)
{
	struct seen_file f = { 0 };
	struct stat st;

	if (stat(path, &st)) {
		f.err = errno;
		return f;
	}
	f.dev = st.st_dev;
	f.ino = st.st_ino;
	f.size = (uint64_t)st.st_size;
	f.modified = st.st_mtim;
	f.changed = st.st_ctim;
	f.unsure = is_recent(&f.changed);
	return f;
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool same(const struct seen_file *a, const struct seen_file *b)
{
	return a->err == b->err && a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	       same_time(&a->modified, &b->modified) && same_time(&a->changed, &b->changed);
}

int seen_add(struct seen *s, const char *path)
{
	struct seen_file *f = vec_push(&s->files);

	if (!f)
		return -ENOMEM;
	*f = look(path);
	f->path = strdup(path);
	if (f->path)
		return 0;
	s->files.n--;
	return -ENOMEM;
}

bool seen_changed(const struct seen *s)
{
	for (size_t i = 0; i < s->files.n; i++) {
		const struct seen_file *was = vec_at(&s->files, i);
		struct seen_file now = look(was->path);

		if (was->unsure || !same(was, &now))
			return true;
	}
	return !s->files.n;
}

void seen_fini(struct seen *s)
{
	for (size_t i = 0; i < s->files.n; i++)
		free(((struct seen_file *)vec_at(&s->files, i))->path);
	vec_fini(&s->files);
}
