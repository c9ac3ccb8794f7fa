/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything up, in order, and down again. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/app.h"
#include "daemon/daemon.h"
#include "plan/plan.h"
#include "privileges.h"
#include "routing/link_nl.h"
#include "routing/rt_names.h"
#include "snmp/agentx.h"

static void begin(void *ctx, bool walk)
{
	struct app *a = ctx;

	a->walk = walk;
	a->pdus++;
}

static void failed(void *ctx, const char *sentence)
{
	struct app *a = ctx;

	a->agent.row.failures++;
	text_reset(&a->agent.last_error);
	text_add(&a->agent.last_error, "%s", sentence);
	log_info("SET refused: %s", sentence);
}

static uint32_t uptime(void *ctx)
{
	(void)ctx;
	return agentx_uptime();
}

/* In the order of their OIDs. */
static void wire(struct app *a)
{
	const struct mib_table tables[] = {
		{ &mib_agent, agent_source },
		{ &mib_rule_scalars, rules_scalars_source },
		{ &mib_rule, rules_source },
		{ &mib_mark_scalars, marks_scalars_source },
		{ &mib_mark, marks_source },
		{ &mib_policy_scalars, policies_scalars_source },
		{ &mib_policy, policies_source },
		{ &mib_fib_scalars, fibs_scalars_source },
		{ &mib_fib, fibs_source },
		{ &mib_route_scalars, routes_scalars_source },
		{ &mib_route, routes_source },
		{ &mib_nexthop, nexthops_source },
		{ &mib_interface_scalars, interfaces_scalars_source },
		{ &mib_interface, interfaces_source },
		{ &mib_lookup, lookups_source },
	};

	_Static_assert(sizeof(tables) == sizeof(a->tables), "a table is not wired");
	memcpy(a->tables, tables, sizeof(tables));
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		a->tables[i].src.ctx = a;
	a->mib = (struct mib){
		.tables = a->tables,
		.ntables = sizeof(tables) / sizeof(*tables),
		.ops = { .ctx = a,
			 .begin = begin,
			 .allows = house_allows,
			 .prepare = plan_prepare,
			 .apply = plan_apply,
			 .undo = plan_undo,
			 .finish = plan_finish,
			 .failed = failed,
			 .uptime = uptime },
	};
}

/* One agent for a state directory: the lock goes with the process. */
static int only_one(struct app *a, struct why *why)
{
	char path[CONF_PATH_MAX + 16];
	size_t n = strlen(a->conf.state_dir);

	memcpy(path, a->conf.state_dir, n);
	memcpy(path + n, "/lock", sizeof("/lock"));
	if (mkdir(a->conf.state_dir, 0700) && errno != EEXIST)
		return why_set(why, -errno, "state.directory: %s: %s", a->conf.state_dir,
			       strerror(errno));
	a->lock_fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (a->lock_fd < 0)
		return why_set(why, -errno, "%s: %s%s", path, strerror(errno),
			       errno == EACCES ? ": it is another user's; see process.user" : "");
	if (flock(a->lock_fd, LOCK_EX | LOCK_NB))
		return why_set(why, -EBUSY, "another fwmarkd is running: it has locked %s", path);
	return 0;
}

static struct nf_options nf_options(const struct conf *c)
{
	return (struct nf_options){
		.lock_file = c->lock_file[0] ? c->lock_file : NULL,
		.wait_ms = c->lock_wait_ms,
	};
}

void app_nf_options(struct app *a)
{
	const struct nf_options opt = nf_options(&a->conf);

	nf_set_options(a->nf, &opt);
}

static int open_kernel(struct app *a, struct why *why)
{
	const struct nf_options opt = nf_options(&a->conf);
	int err = nf_open(&opt, &a->nf);

	if (err)
		return why_set(why, err, "netfilter: %s", strerror(-err));
	err = rtnl_open(&a->rtnl);
	if (!err)
		err = rtnl_open(&a->dump);
	/* Events first: what changes while the tables are read is not missed. */
	if (!err)
		err = rtnl_events_open(&a->events);
	if (!err)
		err = link_nl_dump(a->rtnl, &a->links);
	if (err)
		return why_set(why, err, "rtnetlink: %s", strerror(-err));
	a->names_fd = rt_names_watch();
	if (a->names_fd < 0)
		return why_set(why, a->names_fd, "inotify: %s", strerror(-a->names_fd));
	return 0;
}

static void tell_capabilities(struct app *a)
{
	live_capabilities(a);
	if (!nf_families(a->nf))
		log_warn("no legacy iptables tables here, and nftables rules are not shown yet: "
			 "there will be no mark rules");
	else if (a->agent.row.capabilities & NF_CAP_NFTABLES)
		log_info("rules of nftables (also those of iptables-nft) are not shown yet");
}

/* So that ip(8) shows whose the managers' routes and policies are. A name that the number has is left
 * alone; ours stays when fwmarkd ends, as the routes do. */
static void name_protocol(struct app *a)
{
	struct why why = { "" };

	if (names_find(&a->names.protos, a->conf.protocol))
		return;
	if (rt_names_write_proto((uint8_t)a->conf.protocol, "fwmarkd", &why))
		log_warn("protocol %u gets no name: %s", a->conf.protocol, why.s);
	else if (!rt_names_read(&a->names))
		a->names_version++;
}

static void init_parts(struct app *a, const struct conf *conf)
{
	memset(a, 0, sizeof(*a));
	a->conf = *conf;
	static_rows_ref(a->conf.rows);
	a->names_fd = a->lock_fd = -1;
	a->links = (struct names)NAMES_INIT;
	a->names = (struct rt_names)RT_NAMES_INIT;
	views_init(a);
	interfaces_init(a);
	agent_init(a);
	wire(a);
	plan_finish(a, false);
}

/* What was wanted so far. */
static int load_wishes(struct app *a, struct why *why)
{
	struct why damaged = { "" };
	int err = state_load(a, &damaged);

	if (err == -EINVAL || (a->look && err == -EACCES)) {
		log_err("%s", damaged.s);
		err = 0;
	}
	if (err)
		*why = damaged;
	return err ? err : static_rows_load(a);
}

int app_look(struct app *a, const struct conf *conf, struct why *why)
{
	int err;

	init_parts(a, conf);
	a->look = true;
	err = privileges_look(why);
	if (!err)
		err = open_kernel(a, why);
	if (!err)
		err = load_wishes(a, why);
	if (!err && (err = routes_exclude(a)))
		why_set(why, err, "routes.exclude_tables: %s", strerror(-err));
	return err;
}

int app_start(struct app *a, const struct conf *conf, struct why *why)
{
	int err;

	init_parts(a, conf);
	err = privileges_drop(&a->conf, why);
	if (!err)
		err = only_one(a, why);
	if (!err)
		err = open_kernel(a, why);
	if (!err)
		err = load_wishes(a, why);
	if (!err)
		err = static_rows_claim(a, why);
	if (!err && (err = routes_exclude(a)))
		why_set(why, err, "routes.exclude_tables: %s", strerror(-err));
	if (err)
		return err;
	tell_capabilities(a);
	fibs_adopt(a);
	fibs_sync(a);
	name_protocol(a);
	marks_sync(a);
	a->routes.last_change = 0; /* what was there before is no change */
	a->restore_due = !a->rules.snap;
	intent_take_back(a);
	if (!a->restore_due)
		static_rows_start(a);
	plan_restore(a, NULL, true);
	marks_sync(a);
	/* Said now rather than at the first SET: a directory that cannot be written to. */
	return state_save(a, why);
}

void app_stop(struct app *a)
{
	struct why why;

	if (a->nf && a->events && !a->look) {
		a->rules.stale = true;
		marks_sync(a);
		if (state_save(a, &why))
			log_err("%s", why.s);
	}
	mib_fini(&a->mib);
	intent_fini(a);
	plan_finish(a, false);
	agent_fini(a);
	interfaces_fini(a);
	views_fini(a);
	static_rows_unref(a->statics);
	conf_fini(&a->conf);
	rt_names_fini(&a->names);
	names_fini(&a->links);
	rtnl_events_close(a->events);
	rtnl_close(a->dump);
	rtnl_close(a->rtnl);
	nf_close(a->nf);
	if (a->names_fd >= 0)
		close(a->names_fd);
	if (a->lock_fd >= 0)
		close(a->lock_fd);
}

/* Events are taken as they come, so that none is lost while nobody asks. */
static void on_events(int fd, void *arg)
{
	(void)fd;
	live_sync(arg);
	reassert(arg);
}

static void on_tick(void *arg)
{
	reassert(arg);
	expire(arg);
	state_tick(arg);
}

/* A SET that is under way ends as it began. */
static void reload(struct app *a, struct app_control *control)
{
	struct why why = { "" };
	struct conf conf = { 0 };
	int err;

	if (a->mib.state != TXN_IDLE)
		return;
	control->reload = 0;
	err = control->load(control->ctx, &conf, &why);
	if (!err)
		err = app_reload(a, &conf, &why);
	if (err)
		log_err("the settings stay as they were: %s", why.s);
	conf_fini(&conf);
}

/* net-snmp goes on without a file of access that it cannot read. */
static int start_snmp(struct app *a, const struct agentx_options *opt, struct why *why)
{
	int err;

	if (opt->standalone && opt->snmp_conf && euidaccess(opt->snmp_conf, R_OK))
		return why_set(why, -errno, "standalone.snmp_conf: %s: %s", opt->snmp_conf,
			       strerror(errno));
	err = agentx_start(&a->mib, opt);
	if (err == -EADDRNOTAVAIL)
		return why_set(why, err, "standalone.address: \"%s\" cannot be listened on",
			       opt->standalone);
	return err ? why_set(why, err, "SNMP: start failed") : 0;
}

int app_run(struct app *a, struct app_control *control, struct why *why)
{
	const struct conf *c = &a->conf;
	const struct agentx_options opt = {
		.socket = c->agentx_socket,
		.ping_s = c->agentx_ping_s,
		.standalone = c->standalone_address[0] ? c->standalone_address : NULL,
		.snmp_conf = c->standalone_snmp_conf[0] ? c->standalone_snmp_conf : NULL,
		.state_dir = c->state_dir,
	};
	int err = start_snmp(a, &opt, why);

	if (!err && opt.standalone)
		err = privileges_listening(why);
	if (err)
		return err;
	err = agentx_watch(rtnl_events_fd(a->events), on_events, a);
	if (err)
		return why_set(why, err, "event loop: %s", strerror(-err));
	agentx_every_second(on_tick, a);
	log_info("fwmarkd %s ready", PACKAGE_VERSION);
	while (!control->stop) {
		if (control->reload)
			reload(a, control);
		/* Routes are read on after the requests that have come meanwhile. */
		agentx_process(!routes_step_due(a));
		if (routes_step_due(a)) {
			routes_step(a);
			reassert(a);
		}
	}
	log_info("stopping");
	agentx_stop();
	return 0;
}
