/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading all routes, as fwmarkd does at its start, and a bare dump whose messages are thrown
 * away: TIMES lines of two numbers, in seconds.
 *
 *	route_load TIMES
 */
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "views/views.h"

static struct store store;
static struct views views;
static struct mib mib;
static const struct view_options opt;
static const struct access may;
static int64_t epoch;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what)
{
	fprintf(stderr, "route_load: %s\n", what);
	exit(1);
}

static int throw_away(const struct nlmsghdr *nlh, void *arg)
{
	(void)nlh;
	++*(size_t *)arg;
	return MNL_CB_OK;
}

static void dump(unsigned char family, size_t *n)
{
	static char buf[65536];
	struct mnl_socket *nl = mnl_socket_open(NETLINK_ROUTE);
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct rtmsg *rtm;
	int one = 1;
	ssize_t len;

	nlh->nlmsg_type = RTM_GETROUTE;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	rtm->rtm_family = family;
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) ||
	    mnl_socket_setsockopt(nl, NETLINK_GET_STRICT_CHK, &one, sizeof(one)) ||
	    mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		die("rtnetlink");
	do
		len = mnl_socket_recvfrom(nl, buf, sizeof(buf));
	while (len > 0 && mnl_cb_run(buf, (size_t)len, 0, 0, throw_away, n) > 0);
	mnl_socket_close(nl);
}

static double bare(size_t *n)
{
	double begin = now();

	*n = 0;
	dump(AF_INET, n);
	dump(AF_INET6, n);
	return now() - begin;
}

static double ours(size_t *n)
{
	double begin, took;

	routes_fini(&views);
	routes_init(&views);
	begin = now();
	routes_sync(&views);
	took = now() - begin;
	*n = views.routes.set.n;
	return took;
}

int main(int argc, char **argv)
{
	int times = argc == 2 ? atoi(argv[1]) : 0;
	struct why why = { "" };

	store_init(&store, "/nowhere", ROUTE_PROTO_AGENT, &epoch);
	views_init(&views, &store, &opt, &may, &mib);
	if (views_open(&views, &why))
		die(why.s);
	while (times-- > 0) {
		size_t we, they;
		double mine = ours(&we), peer = bare(&they);

		if (!we || we != they)
			die("not the same routes");
		printf("%.9f %.9f\n", mine, peer);
		fflush(stdout);
	}
	return 0;
}
