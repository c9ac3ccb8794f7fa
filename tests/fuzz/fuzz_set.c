/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as SETs over the real columns, with rows in memory. A SET that fails, or is taken back,
 * leaves every row as it was; whatever is there can be read, and is walked in order.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/fake_mib.h"
#include "../unit/mib_defs.h"
#include "base/hash.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DEFS = sizeof(mib_defs) / sizeof(*mib_defs), VARBINDS_MAX = 64 };

static struct fake fake;

static struct input {
	const uint8_t *p, *end;
} in;

static uint8_t byte(void)
{
	return in.p < in.end ? *in.p++ : 0;
}

static uint32_t word(void)
{
	uint32_t v = 0;

	for (unsigned i = 0; i < 4; i++)
		v = v << 8 | byte();
	return v;
}

/* Mostly small, sometimes at an edge, sometimes anything. */
static uint32_t subid(void)
{
	static const uint32_t edges[] = { 0,	   255,	      65535,	  999999,
					  1000000, INT32_MAX, 0x80000000, UINT32_MAX };
	uint8_t b = byte();

	if (b < 200)
		return b % 8;
	return b < 240 ? edges[b % 8] : word();
}

static void name(struct mib_oid *o)
{
	const struct mib_def *def = mib_defs[byte() % DEFS];
	uint8_t how = byte();
	size_t n = how < 200 ? 1 : how % 130;

	mib_oid_add(o, def->group);
	if (def->table) {
		mib_oid_add(o, def->table);
		mib_oid_add(o, 1);
	}
	/* The status is what makes rows. */
	mib_oid_add(o, how % 4 == 0 ? def->cols[def->ncols - 1].num : byte() % 48);
	while (n--)
		mib_oid_add(o, subid());
	if (how == 255)
		o->id[byte() % o->n] = subid();
	if (how == 254)
		o->n = byte() % (o->n + 1);
}

static void value(struct mib_value *v, uint8_t *buf)
{
	static const uint8_t tags[] = { MIB_TAG_INTEGER, MIB_TAG_INTEGER, MIB_TAG_OCTETS,
					MIB_TAG_UNSIGNED32 };
	uint8_t how = byte();

	*v = (struct mib_value){ .tag = how < 240 ? tags[how % 4] : byte() };
	if (v->tag != MIB_TAG_OCTETS) {
		v->num = v->tag == MIB_TAG_INTEGER ? (uint64_t)(int64_t)(int32_t)subid() : subid();
		if (how == 255)
			v->num = (uint64_t)word() << 32 | word();
		return;
	}
	v->len = how & 16 ? 4 : how & 32 ? 16 : byte();
	for (size_t i = 0; i < v->len; i++)
		buf[i] = byte();
	v->bytes = buf;
}

/* The rows of all tables as one number. */
static uint64_t digest(void)
{
	uint64_t h = HASH_INIT;

	for (size_t i = 0; i < DEFS; i++) {
		for (size_t j = 0; j < fake.t[i].rows.n; j++) {
			const struct fake_row *r = vec_at(&fake.t[i].rows, j);

			h = hash_add(h, r->at.id, r->at.n * sizeof(*r->at.id));
			for (size_t c = 0; c < mib_defs[i]->ncols; c++) {
				const struct mib_col *col = &mib_defs[i]->cols[c];
				struct mib_value v = { 0 };

				if (!col->size)
					continue; /* computed */
				cell_get(col, r->row, 0, &v);
				h = hash_add(h, &v.num, sizeof(v.num));
				h = hash_add(h, v.bytes, v.len);
			}
		}
	}
	return h;
}

/* The varbinds of a SET, as net-snmp's RESERVE1 gives them. Returns: an SNMP error. */
static int add_all(unsigned n)
{
	int error = 0;

	mib_set_begin(&fake.mib);
	for (unsigned i = 0; i < n && !error; i++) {
		uint8_t buf[256];
		struct mib_oid o = { 0 };
		struct mib_value v;

		name(&o);
		value(&v, buf);
		error = mib_set_add(&fake.mib, i, o.id, o.n, &v);
		memset(buf, 0xee, sizeof(buf)); /* nothing may be kept of it */
	}
	return error;
}

/* What a SET is made to go through. */
enum { PREPARE_FAILS = 1, APPLY_FAILS, TAKEN_BACK, SENT_TWICE, NEVER_APPLIED, LEFT_ALONE };

static void one_set(void)
{
	uint8_t how = byte(), n = byte() % VARBINDS_MAX;
	uint64_t before = digest();
	unsigned failures = fake.failures, varbind = 0;
	const uint8_t *varbinds;
	int error;

	fake.prepare_error = how == PREPARE_FAILS ? MIB_INCONSISTENT_VALUE : 0;
	fake.apply_error = how == APPLY_FAILS ? MIB_COMMIT_FAILED : 0;
	if (how <= APPLY_FAILS)
		fake.fault = (struct mib_fault){ .change = byte() % 4, .col = byte() % 64 };
	varbinds = in.p;
	error = add_all(n);
	if (how == SENT_TWICE) { /* snmpd is impatient: the second TestSet replaces the first */
		failures = fake.failures;
		in.p = varbinds;
		if (add_all(n) != error)
			abort();
	}
	if (!error)
		error = mib_set_check(&fake.mib, &varbind);
	if (!error && how != NEVER_APPLIED)
		error = mib_set_apply(&fake.mib, &varbind);
	if (varbind > n)
		abort();
	if (error && fake.failures != failures + 1)
		abort();
	if (error || how == TAKEN_BACK || how == NEVER_APPLIED)
		mib_set_undo(&fake.mib);
	if (how != LEFT_ALONE || error)
		mib_set_finish(&fake.mib);
	if ((error || how == TAKEN_BACK || how == NEVER_APPLIED) && digest() != before)
		abort();
	if (fake.sentence[0] && !text_is_utf8(fake.sentence, strlen(fake.sentence)) &&
	    strlen(fake.sentence) < sizeof(fake.sentence) - 1)
		abort();
}

static void walk(void)
{
	struct mib_oid at = { 0 }, from;
	struct mib_value v;

	for (from = at; mib_next(&fake.mib, from.id, from.n, &at, &v); from = at) {
		if (mib_oid_cmp(at.id, at.n, from.id, from.n) <= 0)
			abort();
		if (mib_get(&fake.mib, at.id, at.n, &v))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct mib_oid zero = { .n = 1 };
	static const struct mib_agent_row agent = { .edit_lock = 1 };

	in = (struct input){ data, data + size };
	fake_setup(&fake, mib_defs, DEFS);
	fake_put(&fake.t[0], &zero, &agent);
	for (unsigned i = 0; i < 8 && in.p < in.end; i++)
		one_set();
	walk();
	mib_set_finish(&fake.mib);
	fake_teardown(&fake);
	return 0;
}
