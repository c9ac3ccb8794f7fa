/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * May the save function of an extension be given these bytes? It believes the lengths and the numbers of
 * elements in them, as iptables may, for the kernel has looked at them (xt_check_match() and the checkentry
 * functions). Whoever made a table that only looks like the kernel's has not.
 */
#include <stddef.h>
#include <string.h>

#include <linux/netfilter/xt_bpf.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_policy.h>
#include <linux/netfilter/xt_sctp.h>
#include <linux/netfilter/xt_string.h>
#include <linux/netfilter/xt_u32.h>
#include <linux/netfilter_ipv6/ip6t_opts.h>
#include <linux/netfilter_ipv6/ip6t_rt.h>

#include "ipt.h"

#define NUMBER(type, field) offsetof(type, field), sizeof(((type *)NULL)->field)
#define U32_TEST(field)	    NUMBER(struct xt_u32, tests[0].field), XT_U32_MAXSIZE + 1

/* Numbers of elements: unsigned, in host byte order. */
static const struct {
	const char *name;
	uint8_t revision;
	size_t at, size; /* in the data, in bytes */
	uint32_t max;
	size_t times, stride; /* there are several, each so many bytes behind the last; 0: one */
} numbers[] = {
	{ "bpf", 0, NUMBER(struct xt_bpf_info, bpf_program_num_elem), XT_BPF_MAX_NUM_INSTR, 0, 0 },
	{ "bpf", 1, NUMBER(struct xt_bpf_info_v1, bpf_program_num_elem), XT_BPF_MAX_NUM_INSTR, 0,
	  0 },
	{ "dst", 0, NUMBER(struct ip6t_opts, optsnr), IP6T_OPTS_OPTSNR, 0, 0 },
	{ "hbh", 0, NUMBER(struct ip6t_opts, optsnr), IP6T_OPTS_OPTSNR, 0, 0 },
	{ "multiport", 0, NUMBER(struct xt_multiport, count), XT_MULTI_PORTS, 0, 0 },
	{ "multiport", 1, NUMBER(struct xt_multiport_v1, count), XT_MULTI_PORTS, 0, 0 },
	{ "policy", 0, NUMBER(struct xt_policy_info, len), XT_POLICY_MAX_ELEM, 0, 0 },
	{ "rt", 0, NUMBER(struct ip6t_rt, addrnr), IP6T_RT_HOPS, 0, 0 },
	{ "sctp", 0, NUMBER(struct xt_sctp_info, flag_count), XT_NUM_SCTP_FLAGS, 0, 0 },
	{ "string", 0, NUMBER(struct xt_string_info, patlen), XT_STRING_MAX_PATTERN_SIZE, 0, 0 },
	{ "string", 1, NUMBER(struct xt_string_info, patlen), XT_STRING_MAX_PATTERN_SIZE, 0, 0 },
	{ "u32", 0, NUMBER(struct xt_u32, ntests), XT_U32_MAXSIZE + 1, 0, 0 },
	{ "u32", 0, U32_TEST(nnums), XT_U32_MAXSIZE + 1, sizeof(struct xt_u32_test) },
	{ "u32", 0, U32_TEST(nvalues), XT_U32_MAXSIZE + 1, sizeof(struct xt_u32_test) },
};

static uint32_t number_at(const unsigned char *data, size_t size)
{
	uint16_t two;
	uint32_t four;

	if (size == sizeof(two))
		return memcpy(&two, data, sizeof(two)), two;
	if (size == sizeof(four))
		return memcpy(&four, data, sizeof(four)), four;
	return *data;
}

bool ipt_match_fits(const struct xt_entry_match *m, size_t size)
{
	if (ipt_match_size(m) < size)
		return false;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		if (!ipt_match_is(m, numbers[i].name, numbers[i].revision, 0))
			continue;
		for (size_t k = 0; k == 0 || k < numbers[i].times; k++)
			if (number_at(m->data + numbers[i].at + k * numbers[i].stride,
				      numbers[i].size) > numbers[i].max)
				return false;
	}
	return true;
}
