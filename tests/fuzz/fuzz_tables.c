/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a table of the kernel: its chains, its mark rules, its meters. A head comes before the
 * entries: family and table, hooks, offsets. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "netfilter/ipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct head {
	uint8_t family, table;
	uint16_t valid_hooks;
	uint32_t hook_entry[IPT_HOOKS];
};

static int rule(void *arg, struct ipt_table *t, uint32_t chain, uint32_t position, const void *e)
{
	const struct ipt_chain *c = vec_at(&t->chains, chain);
	struct ipt_memo *memo = arg;
	uint64_t packets, bytes;
	struct markrule r;

	if (position != c->rules)
		abort();
	markrule_init(&r);
	ipt_decode_target(t->ops, e, &r);
	ipt_counters_get(t->ops, e, &packets, &bytes);
	(void)ipt_entry_tag(t->ops, e);
	(void)ipt_hash_entry(t->ops, ipt_hash_place(t->ops, t->name, c->name), e, memo);
	return 0;
}

/* Each meter once, and the place of the jump is one. */
static void use(const struct ipt_table *t)
{
	const struct ipt_chain *post = ipt_table_chain(t, "POSTROUTING");
	struct ipt_meters meters;

	if (ipt_meters_read(t, &meters) == 0) {
		for (size_t i = 1; i < meters.found.n; i++)
			if (nf_meter_cmp(vec_at(&meters.found, i - 1), vec_at(&meters.found, i)) >=
			    0)
				abort();
		if (!post || meters.place < 1 || meters.place > post->rules + 1)
			abort();
	}
	vec_fini(&meters.found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ipt_memo memo = { { 0 }, { 0 } };
	struct ipt_table t = { .chains = VEC_INIT(struct ipt_chain),
			       .jumps = VEC_INIT(struct ipt_jump) };
	struct head head;

	if (size <= sizeof(head) || size > 65536 || ipt_xt_start() < 0)
		return 0;
	memcpy(&head, data, sizeof(head));
	size -= sizeof(head);
	t.ops = head.family & 1 ? &ipt_ops6 : &ipt_ops4;
	t.name = nf_tables[head.table % 5];
	t.raw = malloc(size); /* exactly: one byte too far is seen */
	if (!t.raw)
		return 0;
	memcpy(t.raw, data + sizeof(head), size);
	t.entries = t.raw;
	t.size = (uint32_t)size;
	t.valid_hooks = head.valid_hooks;
	memcpy(t.hook_entry, head.hook_entry, sizeof(t.hook_entry));
	if (ipt_table_scan(&t, rule, &memo) == 0 && ipt_reach(&t) == 0)
		use(&t);
	ipt_table_fini(&t);
	return 0;
}
