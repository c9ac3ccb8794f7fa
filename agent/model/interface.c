/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/interface.h"

/* The kernel accepts every number, and treats all but 0 and 1 as loose (__fib_validate_source() of
 * net/ipv4/fib_frontend.c). */
static uint8_t rp_filter_of(int value)
{
	return value == RP_NONE || value == RP_STRICT ? (uint8_t)value : RP_LOOSE;
}

/* The larger number of interface and conf/all counts, so one below 0 has no effect by itself. */
static uint8_t rp_filter_alone(int value)
{
	return rp_filter_of(value < 0 ? RP_NONE : value);
}

void interface_settle(struct interface *row, const struct interface_raw *own,
		      const struct interface_raw *all)
{
	row->rp_filter = rp_filter_alone(own->rp_filter);
	row->effective_rp_filter =
		rp_filter_of(own->rp_filter > all->rp_filter ? own->rp_filter : all->rp_filter);
	row->src_valid_mark = own->src_valid_mark;
	row->effective_src_valid_mark = own->src_valid_mark || all->src_valid_mark;
	row->forwarding = own->forwarding;
}

void interface_settle_all(struct interface_all *row, const struct interface_raw *all)
{
	row->rp_filter = rp_filter_alone(all->rp_filter);
	row->src_valid_mark = all->src_valid_mark;
}
