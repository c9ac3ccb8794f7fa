/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The backend of legacy tables: libiptc and libxtables behind struct nf_backend. */
#include <errno.h>
#include <stdlib.h>

#include "ipt_priv.h"

static int open_(const struct nf_options *opt, void **self)
{
	int err = ipt_xt_start();
	struct ipt *ipt = err < 0 ? NULL : calloc(1, sizeof(*ipt));

	if (err < 0)
		return err;
	if (!ipt)
		return -ENOMEM;
	ipt->opt = opt;
	ipt->lock_fd = -1;
	ipt_watch_start(ipt);
	*self = ipt;
	return 0;
}

static void close_(void *self)
{
	struct ipt *ipt = self;

	for (size_t i = 0; i < IPT_TABLES_MAX; i++)
		free(ipt->rooms[i].raw);
	ipt_lock_close(ipt);
	ipt_watch_end(ipt);
	text_fini(&ipt->matches);
	free(ipt);
}

static int decode(void *self, const struct nf_chain *c, const struct nf_entry *e,
		  struct markrule *out)
{
	struct ipt *ipt = self;

	return ipt_decode(ipt_ops_of(c->family), e->raw, out, &ipt->matches);
}

static int text(void *self, const struct nf_chain *c, const struct nf_entry *e, struct text *out)
{
	(void)self;
	return ipt_text_rule(ipt_ops_of(c->family), c->chain, e->raw, out);
}

const struct nf_backend ipt_backend = {
	.id = BACKEND_LEGACY,
	.open = open_,
	.close = close_,
	.families = ipt_probe_families,
	.probe = ipt_probe,
	.read = ipt_read,
	.part_free = ipt_part_free,
	.recount = ipt_recount,
	.watch_fd = ipt_watch_fd,
	.notices = ipt_notices,
	.decode = decode,
	.text = text,
	.rule_text = ipt_rule_text,
	.hash = ipt_rule_hash,
	.check = ipt_check,
	.begin = ipt_begin,
	.stage = ipt_stage,
	.commit = ipt_commit,
	.end = ipt_end,
	.undo = ipt_undo,
	.done_free = ipt_done_free,
	.meter_families = ipt_meter_families,
	.meters_right = ipt_meters_right,
	.meters_set = ipt_meters_set,
};
