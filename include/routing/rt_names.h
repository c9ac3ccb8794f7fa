/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of iproute2 (lib/rt_names.c): /etc/iproute2, else /usr/share and /usr/lib. */
#ifndef ROUTING_RT_NAMES_H
#define ROUTING_RT_NAMES_H

#include <stdio.h>

#include "base/why.h"
#include "model/names.h"

/* The agent's own files: the only ones it writes. */
#define RT_NAMES_OWN	    "/etc/iproute2/rt_tables.d/fwmarkd.conf"
#define RT_NAMES_OWN_PROTOS "/etc/iproute2/rt_protos.d/fwmarkd.conf"

/* Reads all files anew into @n. A missing file counts as empty. Names of tables that come from
 * RT_NAMES_OWN have NAME_OWN. Returns: 0; or -ENOMEM, and @n is as it was. */
int rt_names_read(struct rt_names *n);
/* May a file say something else by now, than when @n was read? True when that never was. */
bool rt_names_changed(const struct rt_names *n);

/**
 * rt_names_parse - read one file: "ID NAME" in each line, decimal or 0x, # for comments
 * @max: larger ids are skipped; so are those above 2147483647 when @flags is 0, as by iproute2
 * @flags: what the names get as name.flags
 *
 * Stops at any other line, as iproute2 does. Skips names that are not UTF-8. Adds as names_add()
 * does. Returns: 0 or -ENOMEM.
 */
int rt_names_parse(FILE *fp, uint32_t max, uint32_t flags, struct names *out);

/**
 * rt_names_write - replace the agent's own file of table names
 * @own: ids and names that it shall hold; an empty one removes the file
 *
 * Written to a new file, fsynced and renamed: a crash leaves the old or the new one.
 * Returns: 0 or -errno.
 */
int rt_names_write(const struct names *own, struct why *why);

/* The same for the agent's own file of protocol names, which holds one name. */
int rt_names_write_proto(uint8_t proto, const char *name, struct why *why);

#endif
