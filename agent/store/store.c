/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/store.h"

#include <string.h>

#include "sums.h"

static void begin(struct store *store)
{
	for (size_t k = 0; k < ROW_KINDS; k++)
		wanted_init(&store->wanted[k], &row_kinds[k]);
	store->rule_ids = store->policy_ids = (struct idmap)IDMAP_INIT;
	mark_sums_init(store);
	store->meter_sums = (struct vec)VEC_INIT(struct meter_sum);
}

static void end(struct store *store)
{
	for (size_t k = 0; k < ROW_KINDS; k++)
		wanted_fini(&store->wanted[k]);
	idmap_fini(&store->rule_ids);
	idmap_fini(&store->policy_ids);
	oset_fini(&store->mark_sums);
	vec_fini(&store->meter_sums);
}

void store_init(struct store *store, const char *dir, uint8_t protocol, int64_t *epoch)
{
	memset(store, 0, sizeof(*store));
	store->dir = dir;
	store->protocol = protocol;
	store->epoch = epoch;
	store->agent.notifications = true;
	begin(store);
}

void store_fini(struct store *store)
{
	journal_fini(&store->journal);
	end(store);
}

void store_clear(struct store *store)
{
	end(store);
	begin(store);
}

struct wanted *store_wanted(struct store *store, const struct row_kind *kind)
{
	return kind ? &store->wanted[kind - row_kinds] : NULL;
}

void store_withdraw(struct store *store, struct wanted_row *slot, bool withdrawn)
{
	slot->doubtful = false;
	if (slot->withdrawn == withdrawn)
		return;
	slot->withdrawn = withdrawn;
	store->rows_dirty = true;
}
