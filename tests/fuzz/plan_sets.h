/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For fuzz_plan.c: SETs out of bytes. */
#ifndef FUZZ_PLAN_SETS_H
#define FUZZ_PLAN_SETS_H

#include "plan_sight.h"

static struct input {
	const uint8_t *p, *end;
} input;

static uint8_t byte(void)
{
	return input.p < input.end ? *input.p++ : 0;
}

struct octets {
	const char *s;
	size_t len;
};

#define OCTETS(v)                                                                                  \
	{                                                                                          \
		v, sizeof(v) - 1                                                                   \
	}

static const struct octets chains[] = { OCTETS("PREROUTING"), OCTETS("OUTPUT") },
			   words[] = { OCTETS(""), OCTETS("mail"), OCTETS("web") },
			   gateways[] = { OCTETS(""), OCTETS("\300\0\2\1"), OCTETS("\300\0\2\2") },
			   devices[] = { OCTETS(""), OCTETS("eth0"), OCTETS("eth1") };
static const uint32_t statuses[] = { 4, 4, 4, 5, 1, 2, 6, 6 }, types[] = { 1, 1, 6, 7 },
		      storages[] = { 2, 3 };

/* What a manager writes to a column; @numbers NULL: a number from @from on. */
struct field {
	const struct mib_def *def;
	const char *name;
	uint8_t tag, n;
	const struct octets *octets;
	const uint32_t *numbers;
	uint32_t from;
};

#define FIELD_OCTETS(d, c, v)                                                                      \
	{                                                                                          \
		&(d), c, MIB_TAG_OCTETS, sizeof(v) / sizeof(*(v)), v, NULL, 0                      \
	}
#define FIELD_ENUM(d, c, v)                                                                        \
	{                                                                                          \
		&(d), c, MIB_TAG_INTEGER, sizeof(v) / sizeof(*(v)), NULL, v, 0                     \
	}
#define FIELD_INTEGER(d, c, from, n)                                                               \
	{                                                                                          \
		&(d), c, MIB_TAG_INTEGER, n, NULL, NULL, from                                      \
	}
#define FIELD_UNSIGNED(d, c, from, n)                                                              \
	{                                                                                          \
		&(d), c, MIB_TAG_UNSIGNED32, n, NULL, NULL, from                                   \
	}

static const struct field fields[] = {
	FIELD_ENUM(mib_rule, "Status", statuses),
	FIELD_OCTETS(mib_rule, "Chain", chains),
	FIELD_UNSIGNED(mib_rule, "Mark", 1, 3),
	FIELD_UNSIGNED(mib_rule, "Position", 0, 4),
	FIELD_OCTETS(mib_rule, "Description", words),
	FIELD_ENUM(mib_rule, "StorageType", storages),
	FIELD_ENUM(mib_policy, "Status", statuses),
	FIELD_UNSIGNED(mib_policy, "Priority", 0, 4),
	FIELD_UNSIGNED(mib_policy, "FibId", 201, 2),
	FIELD_UNSIGNED(mib_policy, "Mark", 1, 3),
	FIELD_INTEGER(mib_policy, "AddressType", 1, 2),
	FIELD_OCTETS(mib_policy, "Description", words),
	FIELD_ENUM(mib_policy, "StorageType", storages),
	FIELD_ENUM(mib_fib, "Status", statuses),
	FIELD_OCTETS(mib_fib, "Name", words),
	FIELD_ENUM(mib_fib, "StorageType", storages),
	FIELD_ENUM(mib_route, "Status", statuses),
	FIELD_OCTETS(mib_route, "Gateway", gateways),
	FIELD_OCTETS(mib_route, "IfName", devices),
	FIELD_ENUM(mib_route, "Type", types),
	FIELD_UNSIGNED(mib_route, "Mtu", 1400, 2),
	FIELD_ENUM(mib_route, "StorageType", storages),
	FIELD_ENUM(mib_nexthop, "Status", statuses),
	FIELD_OCTETS(mib_nexthop, "Gateway", gateways),
	FIELD_OCTETS(mib_nexthop, "IfName", devices),
	FIELD_UNSIGNED(mib_nexthop, "Weight", 1, 3),
	FIELD_ENUM(mib_mark, "Status", statuses),
	FIELD_INTEGER(mib_mark, "Meter", 1, 2),
	FIELD_OCTETS(mib_mark, "Name", words),
	FIELD_INTEGER(mib_interface, "RpFilter", 0, 3),
};

enum { FIELDS = sizeof(fields) / sizeof(*fields), ROWS_MAX = 6, VARBINDS_MAX = 48 };

static const struct mib_def *const tables[] = { &mib_rule,     &mib_policy,  &mib_fib,
						&mib_route,    &mib_nexthop, &mib_mark,
						&mib_interface };
enum { TABLES = sizeof(tables) / sizeof(*tables) };

static struct varbind varbinds[VARBINDS_MAX];
static size_t nvarbinds;

static void index_of(const struct mib_def *def, uint8_t b, struct varbind *v)
{
	const uint32_t route[] = { 201 + b % 2, 1, 4, 0, 0, 0, 0, 0, b / 2 % 2, 1, 1 + b / 4 % 4 };

	v->n = 1;
	v->idx[0] = 1 + b % 4;
	if (def == &mib_fib)
		v->idx[0] = 201 + b % 3;
	if (def == &mib_interface)
		v->idx[0] = FAKE_LINK + b % FAKE_LINKS;
	if (def == &mib_mark)
		v->idx[v->n++] = UINT32_MAX;
	if (def != &mib_route && def != &mib_nexthop)
		return;
	v->n = def == &mib_route ? 10 : 11;
	memcpy(v->idx, route, sizeof(route));
}

static uint32_t column_of(const struct field *f)
{
	size_t prefix = strlen(f->def->prefix);

	for (size_t i = 0; i < f->def->ncols; i++)
		if (strcmp(f->def->cols[i].name + prefix, f->name) == 0)
			return f->def->cols[i].num;
	found("there is no such column", f->name);
}

static void one_row(void)
{
	const struct mib_def *def = tables[byte() % TABLES];
	uint8_t at = byte(), which = byte(), bit = 0;

	for (size_t i = 0; i < FIELDS && nvarbinds < VARBINDS_MAX; i++) {
		const struct field *f = &fields[i];
		struct varbind *v = &varbinds[nvarbinds];
		uint8_t b;

		if (f->def != def || !(which >> bit++ & 1))
			continue;
		b = byte() % f->n;
		*v = (struct varbind){ .def = def, .col = column_of(f), .tag = f->tag };
		index_of(def, at, v);
		if (f->octets) {
			v->s = f->octets[b].s;
			v->len = f->octets[b].len;
		} else {
			v->num = f->numbers ? f->numbers[b] : f->from + b;
		}
		nvarbinds++;
	}
}

static void read_set(void)
{
	uint8_t rows = 1 + byte() % ROWS_MAX;

	nvarbinds = 0;
	while (rows--)
		one_row();
}

#endif
