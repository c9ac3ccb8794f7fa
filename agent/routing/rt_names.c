/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading as lib/rt_names.c of iproute2 does: 6.1 has the names in /etc/iproute2 alone, later ones
 * also where the distribution puts them (/usr/share or /usr/lib). */
#include "routing/rt_names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

enum {
	LINE = 512,		  /* NAME_MAX_LEN of iproute2: longer lines are read in pieces */
	FILE_BYTES_MAX = 1 << 20, /* of one file; the rest is not read */
};

static const char etc[] = "/etc/iproute2";
static const char *const usr[] = { "/usr/share/iproute2", "/usr/lib/iproute2" };

enum { USR = sizeof(usr) / sizeof(*usr) };

struct builtin {
	uint32_t id;
	const char *name;
};

/* What iproute2 6.1 knows without files. */
static const struct builtin tables[] = {
	{ 253, "default" }, { 254, "main" }, { 255, "local" }, { 0, NULL }
};
static const struct builtin protos[] = {
	{ 0, "unspec" },  { 1, "redirect" }, { 2, "kernel" },	   { 3, "boot" },
	{ 4, "static" },  { 8, "gated" },    { 9, "ra" },	   { 10, "mrt" },
	{ 11, "zebra" },  { 12, "bird" },    { 13, "dnrouted" },   { 14, "xorp" },
	{ 15, "ntk" },	  { 16, "dhcp" },    { 18, "keepalived" }, { 42, "babel" },
	{ 186, "bgp" },	  { 187, "isis" },   { 188, "ospf" },	   { 189, "rip" },
	{ 192, "eigrp" }, { 0, NULL },
};
static const struct builtin scopes[] = { { 0, "global" }, { 200, "site" },    { 253, "link" },
					 { 254, "host" }, { 255, "nowhere" }, { 0, NULL } };
static const struct builtin realms[] = { { 0, "unknown" }, { 0, NULL } };
static const struct builtin groups[] = { { 0, "default" }, { 0, NULL } };
static const struct builtin dsfield[] = { { 0, "0" }, { 0, NULL } };

static const struct source {
	const char *file;
	size_t off; /* in struct rt_names */
	uint32_t max;
	const struct builtin *builtin;
	bool dir; /* there is a FILE.d too */
} sources[] = {
	{ "rt_tables", offsetof(struct rt_names, tables), UINT32_MAX, tables, true },
	{ "rt_protos", offsetof(struct rt_names, protos), UINT8_MAX, protos, true },
	{ "rt_scopes", offsetof(struct rt_names, scopes), UINT8_MAX, scopes, false },
	{ "rt_realms", offsetof(struct rt_names, realms), UINT8_MAX, realms, false },
	{ "group", offsetof(struct rt_names, groups), INT32_MAX, groups, false },
	{ "rt_dsfield", offsetof(struct rt_names, dsfield), UINT8_MAX, dsfield, false },
};

int rt_names_parse(FILE *fp, uint32_t max, uint32_t flags, struct names *out)
{
	char line[LINE], name[LINE];
	size_t bytes = 0;

	while (bytes < FILE_BYTES_MAX && fgets(line, sizeof(line), fp)) {
		const char *p = line + strspn(line, " \t");
		unsigned id;

		bytes += strlen(line) + 1;
		if (*p == '#' || *p == '\n' || *p == '\0')
			continue;
		/* The conversions of fread_id_name() of iproute2, but unsigned: ids that do not fit
		 * its int are above INT32_MAX here, and it skips them. */
		if (sscanf(p, "0x%x %511s", &id, name) != 2 &&
		    sscanf(p, "%u %511s", &id, name) != 2)
			return 0; /* "Database is corrupted": iproute2 leaves the rest too */
		if (id > max || (id > INT32_MAX && !flags))
			continue;
		/* SnmpAdminString is UTF-8 (RFC 3411); iproute2 prints any octets. */
		if (!text_is_utf8(name, strlen(name)))
			continue;
		if (names_add(out, id, name, flags))
			return -ENOMEM;
	}
	return 0;
}

/* What is being read, and what becomes of it. */
struct reading {
	const struct source *src;
	struct names *out;
	struct seen *seen;
};

/* A file that is not regular, or that may not be read, counts as empty. Returns: 0, -ENOENT or
 * -ENOMEM. */
static int read_file(const char *path, const struct reading *r)
{
	uint32_t flags = strcmp(path, RT_NAMES_OWN) == 0 ? NAME_OWN : 0;
	int err = seen_add(r->seen, path), fd;
	struct stat st;
	FILE *fp;

	if (err)
		return err;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT ? -ENOENT : 0;
	fp = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? fdopen(fd, "re") : NULL;
	if (!fp) {
		close(fd);
		return 0;
	}
	err = rt_names_parse(fp, r->src->max, flags, r->out);
	fclose(fp);
	return err;
}

static int is_conf(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return d->d_name[0] != '.' && n > 5 && !strcmp(d->d_name + n - 5, ".conf");
}

static bool exists_at(const char *dir, const char *file, const char *entry)
{
	struct text path = TEXT_INIT;
	struct stat st;
	bool found;

	text_add(&path, "%s/%s.d/%s", dir, file, entry);
	found = lstat(text_str(&path), &st) == 0;
	text_fini(&path);
	return found;
}

/* Reads DIR/FILE.d/X.conf in order of name; those of /usr only where /etc has no X.conf. */
static int read_dir(const char *dir, const struct reading *r)
{
	const char *file = r->src->file;
	struct text path = TEXT_INIT;
	struct dirent **entries = NULL;
	int n = 0, err;

	text_add(&path, "%s/%s.d", dir, file);
	err = path.err ? path.err : seen_add(r->seen, text_str(&path));
	if (!err)
		n = scandir(text_str(&path), &entries, is_conf, alphasort);
	for (int i = 0; i < n; i++) {
		const char *entry = entries[i]->d_name;

		if (!err && (dir == etc || !exists_at(etc, file, entry))) {
			text_reset(&path);
			text_add(&path, "%s/%s.d/%s", dir, file, entry);
			err = path.err ? path.err : read_file(text_str(&path), r);
			if (err == -ENOENT)
				err = 0;
		}
		free(entries[i]);
	}
	free(entries);
	text_fini(&path);
	return err;
}

/* Reads DIR/FILE. Returns: as read_file(). */
static int read_main(const char *dir, const struct reading *r)
{
	struct text path = TEXT_INIT;
	int err;

	text_add(&path, "%s/%s", dir, r->src->file);
	err = path.err ? path.err : read_file(text_str(&path), r);
	text_fini(&path);
	return err;
}

static int read_source(const struct reading *r)
{
	int err;

	for (const struct builtin *b = r->src->builtin; b->name; b++)
		if (names_add(r->out, b->id, b->name, 0))
			return -ENOMEM;
	err = read_main(etc, r);
	for (size_t i = 0; err == -ENOENT && i < USR; i++)
		err = read_main(usr[i], r);
	if (err == -ENOENT)
		err = 0;
	for (size_t i = 0; !err && r->src->dir && i < USR; i++)
		err = read_dir(usr[i], r);
	if (!err && r->src->dir)
		err = read_dir(etc, r);
	names_settle(r->out);
	return err;
}

int rt_names_read(struct rt_names *n)
{
	struct rt_names fresh = RT_NAMES_INIT, old;
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(sources) / sizeof(*sources); i++) {
		const struct reading r = {
			.src = &sources[i],
			.out = (void *)((char *)&fresh + sources[i].off),
			.seen = &fresh.seen,
		};

		err = read_source(&r);
	}
	if (!err) {
		old = *n;
		*n = fresh;
		fresh = old;
	}
	rt_names_fini(&fresh);
	return err;
}

bool rt_names_changed(const struct rt_names *n)
{
	return seen_changed(&n->seen);
}
