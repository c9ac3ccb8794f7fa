/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the running kernel can, found without making it load anything. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "nf_priv.h"

bool nf_file_has_line(const char *path, const char *end, bool whole)
{
	FILE *f = fopen(path, "re");
	size_t n = strlen(end);
	char line[512];
	bool found = false;

	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f)) {
		size_t len = strcspn(line, "\n");

		line[len] = '\0';
		found = len >= n && strcmp(line + len - n, end) == 0 && (!whole || len == n);
	}
	fclose(f);
	return found;
}

unsigned nf_probe(struct nf *nf)
{
	static const unsigned family_caps[] = { NF_CAP_LEGACY4, NF_CAP_LEGACY6 };
	unsigned caps = 0;

	(void)nf;
	for (size_t i = 0; ipt_families[i]; i++) {
		const struct ipt_ops *ops = ipt_families[i];

		if (access(ops->names, F_OK) == 0)
			caps |= family_caps[i];
		if (nf_file_has_line(ops->targets, "MARK", true))
			caps |= NF_CAP_MARK;
		if (nf_file_has_line(ops->targets, "CONNMARK", true))
			caps |= NF_CAP_CONNMARK;
	}
	if (nft_is_there())
		caps |= NF_CAP_NFTABLES;
	return caps;
}
