/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/text.h"
#include "kernel/rt_names.h"

static const char dir_etc[] = "/etc/iproute2";

/* iproute2 reads no file that begins with a dot, nor one that does not end in .conf. */
static const struct own_file {
	const char *dir, *file, *tmp;
} tables = {
	"/etc/iproute2/rt_tables.d",
	RT_NAMES_OWN,
	"/etc/iproute2/rt_tables.d/.fwmarkd.new",
}, protos = {
	"/etc/iproute2/rt_protos.d",
	RT_NAMES_OWN_PROTOS,
	"/etc/iproute2/rt_protos.d/.fwmarkd.new",
};

static int write_all(int fd, const char *s, size_t n)
{
	while (n) {
		ssize_t w = write(fd, s, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return -errno;
		s += w;
		n -= (size_t)w;
	}
	return 0;
}

/* Writes @text to the disk under the temporary name. */
static int write_tmp(const char *tmp, const struct text *text)
{
	int fd, err;

	/* One may be left from a crash; O_EXCL follows no link. */
	if (unlink(tmp) < 0 && errno != ENOENT)
		return -errno;
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	err = write_all(fd, text_str(text), text->len);
	/* Whatever the umask: every user's ip(8) reads it. */
	if (!err && (fault_here("names: write") || fchmod(fd, 0644) < 0 || fsync(fd) < 0))
		err = -errno;
	if (close(fd) < 0 && !err)
		err = -errno;
	if (err)
		unlink(tmp);
	return err;
}

static int sync_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (fault_here("names: fsync of the directory") || fsync(fd) < 0)
		err = -errno;
	close(fd);
	return err;
}

/* One that is there stays as it is: it is the host's. */
static int make_dir(const char *path)
{
	if (mkdir(path, 0755) < 0)
		return errno == EEXIST ? 0 : -errno;
	/* Whatever the umask, as with the file. */
	return chmod(path, 0755) < 0 ? -errno : 0;
}

static int replace(const struct own_file *own, const struct text *text)
{
	int err = make_dir(dir_etc);

	if (!err)
		err = make_dir(own->dir);
	if (!err)
		err = write_tmp(own->tmp, text);
	if (!err && (fault_here("names: rename") || rename(own->tmp, own->file) < 0)) {
		err = -errno;
		unlink(own->tmp);
	}
	return err ? err : sync_dir(own->dir);
}

static int remove_own(void)
{
	if (fault_here("names: remove") || unlink(RT_NAMES_OWN) < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	return sync_dir(tables.dir);
}

int rt_names_write(const struct names *own, struct why *why)
{
	struct text text = TEXT_INIT;
	int err;

	text_add(
		&text,
		"# Written by fwmarkd: names of routing tables that managers gave over SNMP.\n"
		"# What is changed here is lost; other files in this directory are not touched.\n");
	for (size_t i = 0; i < own->v.n; i++) {
		const struct name *n = vec_at(&own->v, i);

		text_add(&text, "%u\t%s\n", n->id, n->name);
	}
	err = text.err ? text.err : own->v.n ? replace(&tables, &text) : remove_own();
	text_fini(&text);
	return err ? why_set(why, err, "%s: %s", RT_NAMES_OWN, strerror(-err)) : 0;
}

int rt_names_write_proto(uint8_t proto, const char *name, struct why *why)
{
	struct text text = TEXT_INIT;
	int err;

	text_add(&text,
		 "# Written by fwmarkd: the protocol number of what managers create over SNMP.\n"
		 "%u\t%s\n",
		 proto, name);
	err = text.err ? text.err : replace(&protos, &text);
	text_fini(&text);
	return err ? why_set(why, err, "%s: %s", RT_NAMES_OWN_PROTOS, strerror(-err)) : 0;
}
