/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds out what the kernel has of legacy tables, without making it load anything. */
#include <unistd.h>

#include "ipt_priv.h"

/* The modules ip_tables and ip6_tables create these files. */
unsigned ipt_probe_families(void *self)
{
	static const unsigned families[IPT_FAMILIES] = { NF_IPV4, NF_IPV6 };
	unsigned all = 0;

	(void)self;
	for (size_t i = 0; ipt_families[i]; i++)
		if (access(ipt_families[i]->names, F_OK) == 0)
			all |= families[i];
	return all;
}

unsigned ipt_probe(void *self)
{
	unsigned families = ipt_probe_families(self), caps = 0;

	if (families & NF_IPV4)
		caps |= NF_CAP_LEGACY4;
	if (families & NF_IPV6)
		caps |= NF_CAP_LEGACY6;
	for (size_t i = 0; ipt_families[i]; i++) {
		if (nf_file_has_line(ipt_families[i]->targets, "MARK", true))
			caps |= NF_CAP_MARK;
		if (nf_file_has_line(ipt_families[i]->targets, "CONNMARK", true))
			caps |= NF_CAP_CONNMARK;
	}
	return caps;
}
