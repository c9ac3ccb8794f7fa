/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a message of the kernel about a rule. What is accepted is checked and printed, and
 * comes back from the encoder as the same. */
#include <libmnl/libmnl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "routing/compat.h"
#include "routing/policy_nl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(const struct policy *p)
{
	static const struct rt_names names = RT_NAMES_INIT;
	_Alignas(struct nlmsghdr) char buf[512];
	struct text text = TEXT_INIT;
	struct policy again;
	unsigned column;

	policy_text(p, &names, &text);
	text_fini(&text);
	(void)policy_check(p, &column, NULL);
	if (policy_nl_encode(buf, sizeof(buf), RTM_NEWRULE, p))
		abort(); /* there is room for every attribute */
	if (policy_nl_decode((struct nlmsghdr *)(void *)buf, &again))
		abort();
	if (!policy_same(p, &again) || policy_hash(p) != policy_hash(&again))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nlmsghdr *nlh;
	struct policy p;

	if (size < sizeof(*nlh))
		return 0;
	nlh = malloc(size); /* exactly: one byte too far is seen */
	if (!nlh)
		return 0;
	memcpy(nlh, data, size);
	nlh->nlmsg_len = (uint32_t)size;
	nlh->nlmsg_type = data[0] & 1 ? RTM_DELRULE : RTM_NEWRULE;
	if (!policy_nl_decode(nlh, &p))
		use(&p);
	free(nlh);
	return 0;
}
