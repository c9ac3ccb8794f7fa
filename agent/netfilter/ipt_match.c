/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of matches, parsed by the extensions of libxtables themselves: inside the child process
 * of ipt_parse.c. The loop is that of do_parse() in iptables 1.8.9 to 1.8.11, with most
 * of its options missing on purpose.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <xtables.h>

#include "ipt_parse.h"

/* How many option numbers each extension gets (XT_OPTION_OFFSET_SCALE of libxtables, 1.8.9 to
 * 1.8.11). */
enum { OPTION_SCALE = 256 };

static struct option base_options[] = {
	{ "match", required_argument, NULL, 'm' },
	{ "source", required_argument, NULL, 's' },
	{ "src", required_argument, NULL, 's' },
	{ "destination", required_argument, NULL, 'd' },
	{ "dst", required_argument, NULL, 'd' },
	{ "fragments", no_argument, NULL, 'f' },
	{ NULL, 0, NULL, 0 },
};

/* Options that are not for managers. */
static const struct {
	const char *match, *option;
	bool numbers; /* they are, with numbers: a name would be looked up, in whatever service */
	const char *why;
} limited[] = {
	{ "bpf", "object-pinned", false, "opens a file, which is refused" },
	{ "owner", "uid-owner", true, "takes numbers alone" },
	{ "owner", "gid-owner", true, "takes numbers alone" },
};

static void parse_addr(struct parse_job *job, const char *arg, bool src, bool invert)
{
	struct parse_result *res = &job->result;
	uint8_t *addr = src ? res->ip.src : res->ip.dst;
	uint8_t *mask = src ? res->ip.src_mask : res->ip.dst_mask;
	const struct ipt_ops *ops = job->ops;
	size_t size = addr_size(ops->family);
	unsigned bits = (unsigned)size * 8;
	char buf[INET6_ADDRSTRLEN * 2];
	char *slash;

	if (src ? res->src : res->dst)
		xtables_error(PARAMETER_PROBLEM, "-%c is there twice", src ? 's' : 'd');
	if (strlen(arg) >= sizeof(buf))
		xtables_error(PARAMETER_PROBLEM, "\"%.80s\" is no address", arg);
	strcpy(buf, arg);
	slash = strchr(buf, '/');
	if (slash)
		*slash++ = '\0';
	if (inet_pton(ops->family, buf, addr) != 1)
		xtables_error(PARAMETER_PROBLEM, "\"%s\" is no address", buf);
	if (!slash || xtables_strtoui(slash, NULL, &bits, 0, bits)) {
		for (unsigned i = 0; i < bits; i++)
			mask[i / 8] |= (uint8_t)(0x80u >> i % 8);
	} else if (inet_pton(ops->family, slash, mask) != 1) {
		xtables_error(PARAMETER_PROBLEM, "\"%s\" is no mask", slash);
	}
	for (size_t i = 0; i < size; i++)
		addr[i] &= mask[i];
	if (invert)
		res->ip.inv |= src ? IPT_NOT_SRC : IPT_NOT_DST;
	*(src ? &res->src : &res->dst) = true;
}

static void parse_frag(struct parse_job *job, bool invert)
{
	if (job->ops->family != AF_INET)
		xtables_error(PARAMETER_PROBLEM, "-f is for IPv4 alone");
	if (job->result.frag)
		xtables_error(PARAMETER_PROBLEM, "-f is there twice");
	job->result.frag = true;
	job->result.ip.frag = true;
	if (invert)
		job->result.ip.inv |= IPT_NOT_FRAG;
}

/* The name becomes part of a file name (load_extension() of libxtables). */
static bool name_is_plain(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

	return n > 0 && n < XT_EXTENSION_MAXNAMELEN && s[n] == '\0';
}

static void merge_options(struct xtables_match *m)
{
	struct option *merged;

	if (m->x6_options)
		merged = xtables_options_xfrm(xt_params->orig_opts, xt_params->opts, m->x6_options,
					      &m->option_offset);
	else if (m->extra_opts)
		merged = xtables_merge_options(xt_params->orig_opts, xt_params->opts, m->extra_opts,
					       &m->option_offset);
	else
		return;
	if (!merged)
		xtables_error(OTHER_PROBLEM, "out of memory");
	xt_params->opts = merged;
}

static void parse_match(struct parse_job *job, const char *name)
{
	struct xtables_match *m;
	const char *real;
	size_t size;

	m = name_is_plain(name) ? xtables_find_match(name, XTF_TRY_LOAD, &job->matches) : NULL;
	if (!m)
		xtables_error(PARAMETER_PROBLEM, "unknown match \"%.80s\"", name);
	size = XT_ALIGN(sizeof(struct xt_entry_match)) + m->size;
	m->m = xtables_calloc(1, size);
	m->m->u.match_size = (uint16_t)size;
	real = m->real_name ? m->real_name : m->name;
	memcpy(m->m->u.user.name, real, strnlen(real, XT_EXTENSION_MAXNAMELEN - 1));
	m->m->u.user.revision = m->revision;
	if (m->udata_size) {
		free(m->udata);
		m->udata = xtables_calloc(1, m->udata_size);
	}
	if (m->init)
		m->init(m->m);
	if (m != m->next) /* the options of a clone are merged already */
		merge_options(m);
}

/* libxtables resolves host names where it wants a host. This agent asks no name servers. */
static void check_host(const struct parse_job *job, const char *arg)
{
	char buf[INET6_ADDRSTRLEN];
	uint8_t addr[ADDR_MAX];
	size_t n = strcspn(arg, "/");

	if (n < sizeof(buf)) {
		memcpy(buf, arg, n);
		buf[n] = '\0';
		if (inet_pton(job->ops->family, buf, addr) == 1)
			return;
	}
	xtables_error(PARAMETER_PROBLEM, "\"%.80s\" is no address in numbers", arg);
}

/* Is it "N" or "N-M"? */
static bool is_range(const char *arg)
{
	size_t n = arg ? strspn(arg, "0123456789") : 0;

	if (n > 0 && arg[n] == '-')
		n += 1 + strspn(arg + n + 1, "0123456789");
	return n > 0 && arg[n] == '\0';
}

static void check_option(const struct parse_job *job, const struct xtables_match *m, unsigned id)
{
	const struct xt_option_entry *o = m->x6_options;

	for (; o && o->name; o++) {
		if (o->id != id)
			continue;
		if ((o->type == XTTYPE_HOST || o->type == XTTYPE_HOSTMASK) && optarg)
			check_host(job, optarg);
		for (size_t i = 0; i < sizeof(limited) / sizeof(*limited); i++)
			if (strcmp(m->name, limited[i].match) == 0 &&
			    strcmp(o->name, limited[i].option) == 0 &&
			    !(limited[i].numbers && is_range(optarg)))
				xtables_error(PARAMETER_PROBLEM, "%s: --%s %s", m->name, o->name,
					      limited[i].why);
	}
}

/* Hands an option to the match that it belongs to: the last of its name. */
static void parse_option(struct parse_job *job, int c, char **argv, bool invert)
{
	for (struct xtables_rule_match *rm = job->matches; rm; rm = rm->next) {
		struct xtables_match *m = rm->match;

		if (rm->completed || (!m->x6_parse && !m->parse))
			continue;
		if (c < (int)m->option_offset || c >= (int)(m->option_offset + OPTION_SCALE))
			continue;
		check_option(job, m, (unsigned)c - m->option_offset);
		xtables_option_mpcall((unsigned)c, argv, invert, m, job->entry);
		return;
	}
	if (c == ':')
		xtables_error(PARAMETER_PROBLEM, "option \"%.80s\" wants an argument",
			      argv[optind - 1]);
	xtables_error(PARAMETER_PROBLEM, "unknown option \"%.80s\"", argv[optind - 1]);
}

static void job_check(struct parse_job *job)
{
	/* A match that only marks a place has no options that could be missing. */
	for (struct xtables_rule_match *rm = job->matches; rm; rm = rm->next)
		if (rm->match->mflags || ipt_col_named(rm->match->name, job->proto) < 0)
			xtables_option_mfcall(rm->match);
}

static const struct option *options(void)
{
	return xt_params->opts ? xt_params->opts : xt_params->orig_opts;
}

void parse_job_run(void *arg)
{
	struct parse_job *job = arg;
	int argc = (int)job->words.n, c;
	char **argv = job->words.data;
	bool invert = false;

	/* opts must not point to base_options: merging frees what opts points to
	 * (xtables_free_opts() of libxtables; 1.8.11 does so even when that is orig_opts). */
	xt_params->orig_opts = base_options;
	xt_params->opts = NULL;
	xt_params->option_offset = 0;
	optind = 0; /* glibc: start anew */
	opterr = 0;
	while ((c = getopt_long(argc, argv, "-:m:s:d:f", options(), NULL)) != -1) {
		if (c == 1 && strcmp(optarg, "!") == 0) {
			if (invert)
				xtables_error(PARAMETER_PROBLEM, "two ! in a row");
			invert = true;
			continue;
		}
		if (c == 1)
			xtables_error(PARAMETER_PROBLEM, "unexpected \"%.80s\"", optarg);
		else if (c == 'm' && invert)
			xtables_error(PARAMETER_PROBLEM, "unexpected ! before -m");
		else if (c == 'm')
			parse_match(job, optarg);
		else if (c == 's' || c == 'd')
			parse_addr(job, optarg, c == 's', invert);
		else if (c == 'f')
			parse_frag(job, invert);
		else
			parse_option(job, c, argv, invert);
		invert = false;
	}
	if (optind < argc)
		xtables_error(PARAMETER_PROBLEM, "unexpected \"%.80s\"", argv[optind]);
	if (invert)
		xtables_error(PARAMETER_PROBLEM, "nothing after !");
	job_check(job);
}

/* Cleans up as iptables-restore does between two lines. */
void parse_job_done(struct parse_job *job)
{
	xtables_rule_matches_free(&job->matches);
	xtables_free_opts(1);
	for (struct xtables_match *m = xtables_matches; m; m = m->next)
		m->mflags = 0;
}
