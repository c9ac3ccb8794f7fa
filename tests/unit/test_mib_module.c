/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The column tables against FWMARK-MIB itself, as net-snmp's parser reads it with mibs/compat. */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/library/parse.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "mib_defs.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

static struct tree *objects; /* fwmarkObjects */

static int load(void **state)
{
	const char *srcdir = getenv("top_srcdir");
	char path[4096];

	(void)state;
	if (!srcdir)
		srcdir = getenv("srcdir");
	if (!srcdir)
		srcdir = ".";
	setenv("MIBS", "", 1);
	snprintf(path, sizeof(path), "%s/mibs/compat", srcdir);
	setenv("MIBDIRS", path, 1);
	netsnmp_init_mib();
	snprintf(path, sizeof(path), "%s/mibs/FWMARK-MIB.txt", srcdir);
	read_mib(path);
	objects = find_tree_node("fwmarkObjects", -1);
	return objects ? 0 : -1;
}

static int unload(void **state)
{
	(void)state;
	shutdown_mib();
	return 0;
}

static const struct tree *child(const struct tree *t, unsigned subid)
{
	for (t = t ? t->child_list : NULL; t; t = t->next_peer)
		if (t->subid == subid)
			return t;
	return NULL;
}

/* What a syntax is called in a module. RANGE: min and max are its range or size; MASK: max is the
 * mask of its values; HIGHEST: max is its highest bit. */
enum how { PLAIN, RANGE, MASK, HIGHEST };

static const struct {
	int type;
	const char *tc; /* NULL: any */
	enum how how;
	const char *ranges; /* PLAIN */
	uint32_t values;    /* PLAIN */
} syntaxes[] = {
	[SYN_INTEGER] = { TYPE_INTEGER32, NULL, RANGE, NULL, 0 },
	[SYN_UNSIGNED] = { TYPE_UNSIGNED32, NULL, RANGE, NULL, 0 },
	[SYN_GAUGE] = { TYPE_GAUGE, NULL, RANGE, NULL, 0 },
	[SYN_ENUM] = { TYPE_INTEGER, NULL, MASK, "", 0 },
	[SYN_TRUTH] = { TYPE_INTEGER, "TruthValue", PLAIN, "", 0x06 },
	[SYN_BITS] = { TYPE_BITSTRING, NULL, HIGHEST, "", 0 },
	[SYN_STRING] = { TYPE_OCTETSTR, "SnmpAdminString", RANGE, NULL, 0 },
	[SYN_IFNAME] = { TYPE_OCTETSTR, "SnmpAdminString", RANGE, NULL, 0 },
	[SYN_OCTETS] = { TYPE_OCTETSTR, NULL, RANGE, NULL, 0 },
	[SYN_TEXT] = { TYPE_OCTETSTR, "FwmarkText", RANGE, NULL, 0 },
	[SYN_FAMILY] = { TYPE_INTEGER, "InetAddressType", PLAIN, "", 0x1001f },
	[SYN_ADDRESS] = { TYPE_OCTETSTR, "InetAddress", PLAIN, NULL, 0 },
	[SYN_PREFIXLEN] = { TYPE_UNSIGNED32, "InetAddressPrefixLength", PLAIN, " 0..2040", 0 },
	[SYN_COUNTER32] = { TYPE_COUNTER, NULL, PLAIN, "", 0 },
	[SYN_COUNTER64] = { TYPE_COUNTER64, NULL, PLAIN, "", 0 },
	[SYN_TICKS] = { TYPE_TIMETICKS, NULL, PLAIN, "", 0 },
	[SYN_STAMP] = { TYPE_TIMETICKS, NULL, PLAIN, "", 0 },
	[SYN_TESTINCR] = { TYPE_INTEGER, "TestAndIncr", RANGE, NULL, 0 },
	[SYN_STATUS] = { TYPE_INTEGER, "RowStatus", PLAIN, "", 0x7e },
	[SYN_STORAGE] = { TYPE_INTEGER, "StorageType", PLAIN, "", 0x3e },
};

static const int accesses[] = {
	[ACCESS_NA] = MIB_ACCESS_NOACCESS,
	[ACCESS_RO] = MIB_ACCESS_READONLY,
	[ACCESS_RW] = MIB_ACCESS_READWRITE,
	[ACCESS_RC] = MIB_ACCESS_CREATE,
};

/* net-snmp keeps the bounds as int: those of unsigned types are cut to 32 bits here. */
static void module_ranges(const struct tree *t, char *buf, size_t size)
{
	bool whole = t->type == TYPE_UNSIGNED32 || t->type == TYPE_GAUGE;
	size_t n = 0;

	buf[0] = '\0';
	for (const struct range_list *r = t->ranges; r && n < size; r = r->next)
		n += (size_t)snprintf(buf + n, size - n, " %lld..%lld",
				      whole ? (unsigned)r->low : (long long)r->low,
				      whole ? (unsigned)r->high : (long long)r->high);
	if (whole && !t->ranges)
		snprintf(buf, size, " 0..4294967295");
}

static uint32_t module_values(const struct tree *t)
{
	uint32_t values = 0;

	for (const struct enum_list *e = t->enums; e; e = e->next)
		values |= e->value >= 0 && e->value < 32 ? 1u << e->value : 0;
	return values;
}

/* Sizes of addresses stand in the module, or in its compliance clauses alone. */
static const char *ranges_of(const struct mib_col *col, const char *is)
{
	if (col->syntax != SYN_ADDRESS)
		return syntaxes[col->syntax].ranges;
	return col->min && strcmp(is, " 0..255") != 0 ? " 4..4 16..16" : " 0..255";
}

/* Returns: NULL, or what differs. */
static const char *differs(const struct mib_def *def, const struct mib_col *col)
{
	const struct tree *t = child(objects, def->group);
	const char *tc;
	char is[128], want[128];
	uint32_t values = syntaxes[col->syntax].values;

	if (def->table)
		t = child(child(t, def->table), 1);
	t = child(t, col->num);
	if (!t || strcmp(t->label, col->name) != 0)
		return "name";
	if (t->access != accesses[col->access])
		return "access";
	if (t->type != syntaxes[col->syntax].type)
		return "type";
	tc = get_tc_descriptor(t->tc_index);
	if (syntaxes[col->syntax].tc && (!tc || strcmp(tc, syntaxes[col->syntax].tc) != 0))
		return "textual convention";
	module_ranges(t, is, sizeof(is));
	snprintf(want, sizeof(want), " %lld..%lld", (long long)col->min, (long long)col->max);
	if (syntaxes[col->syntax].how != RANGE)
		snprintf(want, sizeof(want), "%s", ranges_of(col, is));
	if (strcmp(is, want) != 0)
		return "range";
	if (syntaxes[col->syntax].how == MASK)
		values = (uint32_t)col->max;
	if (syntaxes[col->syntax].how == HIGHEST)
		values = (uint32_t)((UINT64_C(2) << col->max) - 1);
	return module_values(t) != values ? "values" : NULL;
}

static void the_columns_are_those_of_the_module(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (size_t d = 0; d < N(mib_defs); d++) {
		for (size_t i = 0; i < mib_defs[d]->ncols; i++) {
			const char *what = differs(mib_defs[d], &mib_defs[d]->cols[i]);

			if (what)
				print_error("%s: its %s is another in FWMARK-MIB\n",
					    mib_defs[d]->cols[i].name, what);
			failed += what != NULL;
		}
	}
	assert_int_equal(failed, 0);
}

/* One thing at a time is made wrong, and each must be noticed. */
static void every_difference_is_noticed(void **state)
{
	(void)state;
	for (size_t d = 0; d < N(mib_defs); d++) {
		for (size_t i = 0; i < mib_defs[d]->ncols; i++) {
			struct mib_col c = mib_defs[d]->cols[i];
			const struct mib_col good = c;
			enum how how = syntaxes[c.syntax].how;

			c.num++;
			assert_string_equal(differs(mib_defs[d], &c), "name");
			c = good;
			c.name = "fwmarkOther";
			assert_string_equal(differs(mib_defs[d], &c), "name");
			for (c = good, c.access = 0; c.access < N(accesses); c.access++)
				if (c.access != good.access)
					assert_string_equal(differs(mib_defs[d], &c), "access");
			c = good;
			c.max += how == PLAIN ? 0 : 1;
			if (how != PLAIN)
				assert_non_null(differs(mib_defs[d], &c));
			c = good;
			c.min++;
			if (how == RANGE)
				assert_string_equal(differs(mib_defs[d], &c), "range");
			for (c = good, c.syntax = 0; c.syntax < N(syntaxes); c.syntax++) {
				if (syntaxes[c.syntax].type != syntaxes[good.syntax].type)
					assert_string_equal(differs(mib_defs[d], &c), "type");
			}
		}
	}
}

static bool is_ours(unsigned group, unsigned table, unsigned num)
{
	for (size_t d = 0; d < N(mib_defs); d++)
		if (mib_defs[d]->group == group && mib_defs[d]->table == table &&
		    mib_col(mib_defs[d], num))
			return true;
	return false;
}

static void nothing_of_the_module_is_left_out(void **state)
{
	unsigned n = 0, have = 0;

	(void)state;
	for (const struct tree *g = objects->child_list; g; g = g->next_peer) {
		for (const struct tree *o = g->child_list; o; o = o->next_peer) {
			const struct tree *entry = child(o, 1);

			if (!entry) {
				if (!is_ours(g->subid, 0, o->subid))
					fail_msg("%s is missing in the code", o->label);
				n++;
				continue;
			}
			for (const struct tree *c = entry->child_list; c; c = c->next_peer, n++)
				if (!is_ours(g->subid, o->subid, c->subid))
					fail_msg("%s is missing in the code", c->label);
		}
	}
	for (size_t d = 0; d < N(mib_defs); d++)
		have += mib_defs[d]->ncols;
	assert_int_equal(n, have);
	assert_true(n > 150);
}

/* The not-accessible columns are the index, in its order; that of a next hop is its route's and its own,
 * that of an interface IF-MIB's. */
static void the_index_is_what_is_not_accessible(void **state)
{
	(void)state;
	for (size_t d = 0; d < N(mib_defs); d++) {
		const struct tree *entry =
			child(child(child(objects, mib_defs[d]->group), mib_defs[d]->table), 1);
		const struct index_list *index;

		if (!mib_defs[d]->table)
			continue;
		assert_non_null(entry);
		index = entry->indexes;
		for (size_t i = 0;
		     mib_defs[d] == &mib_nexthop && mib_route.cols[i].access == ACCESS_NA;
		     i++, index = index->next) {
			assert_non_null(index);
			assert_string_equal(index->ilabel, mib_route.cols[i].name);
		}
		if (mib_defs[d] == &mib_interface) {
			assert_non_null(index);
			assert_string_equal(index->ilabel, "ifIndex");
			index = index->next;
		}
		for (size_t i = 0; i < mib_defs[d]->ncols; i++) {
			if (mib_defs[d]->cols[i].access != ACCESS_NA)
				continue;
			assert_non_null(index);
			assert_string_equal(index->ilabel, mib_defs[d]->cols[i].name);
			index = index->next;
		}
		assert_null(index);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_columns_are_those_of_the_module),
		cmocka_unit_test(every_difference_is_noticed),
		cmocka_unit_test(nothing_of_the_module_is_left_out),
		cmocka_unit_test(the_index_is_what_is_not_accessible),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
