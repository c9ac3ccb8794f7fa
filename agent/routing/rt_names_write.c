/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/text.h"
#include "routing/rt_names.h"

static const char dir_etc[] = "/etc/iproute2";

/* iproute2 reads only files that end in .conf and do not begin with a dot. */
static const struct own_file {
	const char *dir, *file;
} tables = { "/etc/iproute2/rt_tables.d", RT_NAMES_OWN },
  protos = { "/etc/iproute2/rt_protos.d", RT_NAMES_OWN_PROTOS };

/* A directory that exists stays as it is: it belongs to the host. */
static int make_dir(const char *path)
{
	if (mkdir(path, 0755) < 0)
		return errno == EEXIST ? 0 : -errno;
	/* Set the mode whatever the umask is, as for the file. */
	return chmod(path, 0755) < 0 ? -errno : 0;
}

static int replace(const struct own_file *own, const struct text *text)
{
	const struct file_new file = {
		.dir = own->dir,
		.name = strrchr(own->file, '/') + 1,
		.tmp = ".fwmarkd.new",
		.bytes = text_str(text),
		.n = text->len,
		.mode = 0644, /* every user's ip(8) reads it */
		.flush = true,
		.faults = "names",
	};
	int err = make_dir(dir_etc);

	if (!err)
		err = make_dir(own->dir);
	return err ? err : file_replace(&file, NULL);
}

static int remove_own(void)
{
	if (fault_here("names: remove") || unlink(RT_NAMES_OWN) < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	return file_sync_dir(tables.dir);
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
