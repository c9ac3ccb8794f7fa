/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One cell: a field of a row, described by its column, to and from an SNMP value. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "model/row.h"
#include "snmp/mib.h"

/* What each syntax looks like on the wire (SYN_* in order). */
static const uint8_t tags[] = {
	[SYN_INTEGER] = MIB_TAG_INTEGER,      [SYN_UNSIGNED] = MIB_TAG_UNSIGNED32,
	[SYN_GAUGE] = MIB_TAG_UNSIGNED32,     [SYN_ENUM] = MIB_TAG_INTEGER,
	[SYN_TRUTH] = MIB_TAG_INTEGER,	      [SYN_BITS] = MIB_TAG_OCTETS,
	[SYN_STRING] = MIB_TAG_OCTETS,	      [SYN_IFNAME] = MIB_TAG_OCTETS,
	[SYN_OCTETS] = MIB_TAG_OCTETS,	      [SYN_TEXT] = MIB_TAG_OCTETS,
	[SYN_FAMILY] = MIB_TAG_INTEGER,	      [SYN_ADDRESS] = MIB_TAG_OCTETS,
	[SYN_PREFIXLEN] = MIB_TAG_UNSIGNED32, [SYN_COUNTER32] = MIB_TAG_COUNTER32,
	[SYN_COUNTER64] = MIB_TAG_COUNTER64,  [SYN_TICKS] = MIB_TAG_TIMETICKS,
	[SYN_STAMP] = MIB_TAG_TIMETICKS,      [SYN_TESTINCR] = MIB_TAG_INTEGER,
	[SYN_STATUS] = MIB_TAG_INTEGER,	      [SYN_STORAGE] = MIB_TAG_INTEGER,
};

/* InetAddressType (RFC 4001) by address family. */
static const uint8_t families[] = { AF_UNSPEC, AF_INET, AF_INET6 };

uint64_t cell_load(const struct mib_col *col, const void *row)
{
	const char *p = (const char *)row + col->off;
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	switch (col->size) {
	case 1:
		return memcpy(&u8, p, 1), u8;
	case 2:
		return memcpy(&u16, p, 2), u16;
	case 4:
		memcpy(&u32, p, 4);
		return col->syntax == SYN_INTEGER ? (uint64_t)(int64_t)(int32_t)u32 : u32;
	default:
		return memcpy(&u64, p, 8), u64;
	}
}

void cell_store(const struct mib_col *col, void *row, uint64_t v)
{
	char *p = (char *)row + col->off;
	uint8_t u8 = (uint8_t)v;
	uint16_t u16 = (uint16_t)v;
	uint32_t u32 = (uint32_t)v;

	switch (col->size) {
	case 1:
		memcpy(p, &u8, 1);
		break;
	case 2:
		memcpy(p, &u16, 2);
		break;
	case 4:
		memcpy(p, &u32, 4);
		break;
	default:
		memcpy(p, &v, 8);
	}
}

static void get_octets(struct mib_value *v, const void *bytes, size_t len)
{
	v->bytes = bytes;
	v->len = len;
}

/* BITS: position 0 is the highest bit of the first octet (RFC 2578 section 7.1.4). */
static void get_bits(const struct mib_col *col, uint64_t bits, struct mib_value *v)
{
	size_t len = (size_t)col->max / 8 + 1;

	memset(v->small, 0, len);
	for (size_t i = 0; i <= (size_t)col->max; i++)
		if (bits >> i & 1)
			v->small[i / 8] |= 0x80 >> (i % 8);
	get_octets(v, v->small, len);
}

/* A time before sysUpTime was 0 (the agent is older than its master) is 0, as RFC 2579 says. */
static uint32_t stamp(uint64_t then, int64_t epoch)
{
	int64_t since = (int64_t)then - epoch;

	return since > 0 ? (uint32_t)(since / 10) : 0;
}

void cell_get(const struct mib_col *col, const void *row, int64_t epoch, struct mib_value *v)
{
	const char *p = (const char *)row + col->off;
	const struct prefix *prefix = (const void *)p;
	const char *text;

	v->tag = tags[col->syntax];
	switch ((enum mib_syntax)col->syntax) {
	case SYN_TRUTH:
		v->num = cell_load(col, row) ? 1 : 2;
		break;
	case SYN_BITS:
		get_bits(col, cell_load(col, row), v);
		break;
	case SYN_STRING:
	case SYN_IFNAME:
		get_octets(v, p, strnlen(p, col->size));
		break;
	case SYN_OCTETS:
		get_octets(v, p, col->size);
		break;
	case SYN_TEXT:
		memcpy(&text, p, sizeof(text));
		get_octets(v, text ? text : "", text ? strlen(text) : 0);
		break;
	case SYN_FAMILY:
		v->num = cell_load(col, row) == AF_INET	   ? 1
			 : cell_load(col, row) == AF_INET6 ? 2
							   : 0;
		break;
	case SYN_ADDRESS:
		get_octets(v, prefix->addr, addr_size(prefix->family));
		break;
	case SYN_PREFIXLEN:
		v->num = prefix->len;
		break;
	case SYN_COUNTER32:
		v->num = (uint32_t)cell_load(col, row);
		break;
	case SYN_TICKS:
		v->num = (uint32_t)(cell_load(col, row) / 10);
		break;
	case SYN_STAMP:
		v->num = stamp(cell_load(col, row), epoch);
		break;
	case SYN_INTEGER:
	case SYN_UNSIGNED:
	case SYN_GAUGE:
	case SYN_ENUM:
	case SYN_COUNTER64:
	case SYN_TESTINCR:
	case SYN_STATUS:
	case SYN_STORAGE:
		v->num = cell_load(col, row);
		break;
	}
}

static int out_of_range(const struct mib_col *col, int64_t n, struct why *why)
{
	why_set(why, 0, "%lld is not between %lld and %lld", (long long)n, (long long)col->min,
		(long long)col->max);
	return MIB_WRONG_VALUE;
}

static int set_number(const struct mib_col *col, void *row, int64_t n, struct why *why)
{
	if (n < col->min || n > col->max)
		return out_of_range(col, n, why);
	cell_store(col, row, (uint64_t)n);
	return MIB_OK;
}

/* @writable: bit N: value N may be written. */
static int set_enum(const struct mib_col *col, void *row, int64_t n, uint64_t writable,
		    struct why *why)
{
	if (n < 0 || n > 31 || !(writable >> n & 1)) {
		why_set(why, 0, "%lld is not a value that can be written", (long long)n);
		return MIB_WRONG_VALUE;
	}
	cell_store(col, row, (uint64_t)n);
	return MIB_OK;
}

static int set_bits(const struct mib_col *col, void *row, const struct mib_value *v,
		    struct why *why)
{
	const uint8_t *octets = v->bytes;
	uint64_t bits = 0;

	for (size_t i = 0; i < v->len * 8; i++) {
		if (!(octets[i / 8] & 0x80 >> (i % 8)))
			continue;
		if (i > (size_t)col->max) {
			why_set(why, 0, "bit %zu does not exist", i);
			return MIB_WRONG_VALUE;
		}
		bits |= UINT64_C(1) << i;
	}
	cell_store(col, row, bits);
	return MIB_OK;
}

static int wrong_length(const struct mib_value *v, const char *wanted, struct why *why)
{
	why_set(why, 0, "it is %zu octets long, not %s", v->len, wanted);
	return MIB_WRONG_LENGTH;
}

static int out_of_length(const struct mib_value *v, int64_t min, int64_t max, struct why *why)
{
	char wanted[48];

	snprintf(wanted, sizeof(wanted), min < max ? "%lld to %lld" : "%lld", (long long)min,
		 (long long)max);
	return wrong_length(v, wanted, why);
}

static int check_string(const struct mib_col *col, const struct mib_value *v, struct why *why)
{
	const char *s = v->bytes;
	char name[TEXT_IFNAME_MAX + 1];

	if ((int64_t)v->len < col->min || (int64_t)v->len > col->max)
		return out_of_length(v, col->min, col->max, why);
	if (!text_is_utf8(v->bytes, v->len)) {
		why_set(why, 0,
			"not UTF-8, or with a character in it that controls how others are shown");
		return MIB_WRONG_VALUE;
	}
	if (col->syntax != SYN_IFNAME)
		return MIB_OK;
	snprintf(name, sizeof(name), "%.*s", (int)v->len, s);
	if (*name && !text_is_ifname(name)) {
		why_set(why, 0, "\"%s\" is no interface name", name);
		return MIB_WRONG_VALUE;
	}
	return MIB_OK;
}

static int set_string(const struct mib_col *col, void *row, const struct mib_value *v,
		      struct arena *arena, struct why *why)
{
	char *p = (char *)row + col->off;
	int err = check_string(col, v, why);
	const char *copy;

	if (err)
		return err;
	if (col->syntax == SYN_TEXT) {
		copy = arena_copy(arena, v->bytes, v->len);
		if (!copy)
			return MIB_RESOURCE_UNAVAILABLE;
		memcpy(p, &copy, sizeof(copy));
		return MIB_OK;
	}
	memset(p, 0, col->size);
	memcpy(p, v->bytes, v->len);
	return MIB_OK;
}

static int set_address(const struct mib_col *col, void *row, const struct mib_value *v,
		       struct why *why)
{
	struct prefix *p = (void *)((char *)row + col->off);

	if ((v->len && !addr_family(v->len)) || (int64_t)v->len < col->min)
		return wrong_length(v, "4 (ipv4) or 16 (ipv6)", why);
	p->family = (uint8_t)addr_family(v->len);
	memset(p->addr, 0, sizeof(p->addr));
	if (v->len)
		memcpy(p->addr, v->bytes, v->len);
	return MIB_OK;
}

static int set_family(const struct mib_col *col, void *row, int64_t n, struct why *why)
{
	if (n < col->min || n > 2) {
		why_set(why, 0, "address type %lld: only ipv4(1) and ipv6(2) are known here",
			(long long)n);
		return MIB_WRONG_VALUE;
	}
	cell_store(col, row, families[n]);
	return MIB_OK;
}

/* The types of writable values, with their letters of snmpset(1). */
static const char *type_name(uint8_t tag)
{
	return tag == MIB_TAG_INTEGER	   ? "INTEGER (i)"
	       : tag == MIB_TAG_UNSIGNED32 ? "Unsigned32 (u)"
					   : "OCTET STRING (s or x)";
}

int cell_set(const struct mib_col *col, void *row, const struct mib_value *v, struct arena *arena,
	     struct why *why)
{
	int64_t n = v->tag == MIB_TAG_INTEGER ? (int64_t)v->num : (int64_t)(uint32_t)v->num;
	struct prefix *prefix = (void *)((char *)row + col->off);

	if (v->tag != tags[col->syntax]) {
		why_set(why, 0, "wrong type of value: %s is wanted", type_name(tags[col->syntax]));
		return MIB_WRONG_TYPE;
	}
	switch ((enum mib_syntax)col->syntax) {
	case SYN_INTEGER:
	case SYN_UNSIGNED:
	case SYN_TESTINCR:
		return set_number(col, row, n, why);
	case SYN_ENUM:
		return set_enum(col, row, n, (uint64_t)col->min, why);
	case SYN_TRUTH:
		if (n != 1 && n != 2) {
			why_set(why, 0, "%lld is neither true(1) nor false(2)", (long long)n);
			return MIB_WRONG_VALUE;
		}
		cell_store(col, row, n == 1);
		return MIB_OK;
	case SYN_STATUS: /* notReady cannot be written (RFC 2579) */
		return set_enum(col, row, n, 0x76, why);
	case SYN_STORAGE:
		return set_enum(col, row, n, 1u << STORAGE_VOLATILE | 1u << STORAGE_NONVOLATILE,
				why);
	case SYN_BITS:
		return set_bits(col, row, v, why);
	case SYN_STRING:
	case SYN_IFNAME:
	case SYN_TEXT:
		return set_string(col, row, v, arena, why);
	case SYN_OCTETS:
		if (v->len != col->size)
			return out_of_length(v, (int64_t)col->size, (int64_t)col->size, why);
		memcpy((char *)row + col->off, v->bytes, v->len);
		return MIB_OK;
	case SYN_FAMILY:
		return set_family(col, row, n, why);
	case SYN_ADDRESS:
		return set_address(col, row, v, why);
	case SYN_PREFIXLEN:
		if (n < 0 || n > col->max)
			return out_of_range(col, n, why);
		prefix->len = (uint8_t)n;
		return MIB_OK;
	case SYN_GAUGE:
	case SYN_COUNTER32:
	case SYN_COUNTER64:
	case SYN_TICKS:
	case SYN_STAMP:
		break;
	}
	return MIB_NOT_WRITABLE;
}
