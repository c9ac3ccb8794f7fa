/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Readings of table mangle, IPv4, each a number of times; prints seconds for one.
 *
 *	reads raw TIMES		getsockopt(IPT_SO_GET_ENTRIES) alone
 *	reads pairs TIMES	lines of two: nf_read(), and iptc_init() with a look at every rule
 */
#include <libiptc/libiptc.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "netfilter/nf.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what)
{
	fprintf(stderr, "reads: %s\n", what);
	exit(1);
}

static double raw(void)
{
	struct ipt_getinfo info = { .name = "mangle" };
	struct ipt_get_entries *get;
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	socklen_t len = sizeof(info);
	double begin = now();

	if (fd < 0 || getsockopt(fd, IPPROTO_IP, IPT_SO_GET_INFO, &info, &len))
		die("IPT_SO_GET_INFO");
	len = (socklen_t)(sizeof(*get) + info.size);
	get = malloc(len);
	if (!get)
		die("no memory");
	memcpy(get->name, info.name, sizeof(get->name));
	get->size = info.size;
	if (getsockopt(fd, IPPROTO_IP, IPT_SO_GET_ENTRIES, get, &len))
		die("IPT_SO_GET_ENTRIES");
	free(get);
	begin = now() - begin;
	close(fd);
	return begin;
}

static double ours(struct nf *nf, size_t *rules)
{
	double begin = now();
	struct nf_snap *snap;
	struct why why;

	if (nf_read(nf, NULL, &snap, &why))
		die("nf_read");
	*rules = snap->entries.n;
	nf_snap_free(snap);
	return now() - begin;
}

static double libiptc(size_t *rules)
{
	double begin = now();
	struct xtc_handle *h = iptc_init("mangle");

	if (!h)
		die("iptc_init");
	*rules = 0;
	for (const char *chain = iptc_first_chain(h); chain; chain = iptc_next_chain(h))
		for (const struct ipt_entry *e = iptc_first_rule(chain, h); e;
		     e = iptc_next_rule(e, h))
			*rules += e->target_offset > 0;
	iptc_free(h);
	return now() - begin;
}

static void pairs(int times)
{
	struct nf *nf;

	if (nf_open(NULL, &nf))
		die("nf_open");
	while (times-- > 0) {
		size_t we, they;
		double mine = ours(nf, &we), peer = libiptc(&they);

		if (!we || we != they)
			die("not the same rules");
		printf("%.9f %.9f\n", mine, peer);
	}
	nf_close(nf);
}

int main(int argc, char **argv)
{
	int times = argc == 3 ? atoi(argv[2]) : 0;
	double sum = 0;

	if (times < 1)
		die("raw|pairs TIMES");
	if (strcmp(argv[1], "pairs") == 0) {
		pairs(times);
		return 0;
	}
	for (int i = 0; i < times; i++)
		sum += raw();
	printf("%.9f\n", sum / times);
	return 0;
}
