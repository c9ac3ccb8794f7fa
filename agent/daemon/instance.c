/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts everything of an instance, in order, and stops it again. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "instance.h"
#include "routing/rt_names.h"
#include "snmp/agentx.h"
#include "store/counters.h"

static void begin(void *ctx, bool walk)
{
	views_begin(&((struct instance *)ctx)->views, true, walk);
}

static void failed(void *ctx, const char *sentence)
{
	struct instance *in = ctx;

	in->store.agent.failures++;
	text_reset(&in->views.agent.last_error);
	text_add(&in->views.agent.last_error, "%s", sentence);
	log_at(log_limit(&in->refusals) ? LOG_DEBUG : LOG_INFO, "SET refused: %s", sentence);
}

static uint32_t uptime(void *ctx)
{
	(void)ctx;
	return agentx_uptime();
}

static bool allows(void *ctx, const struct mib_def *def, struct why *why)
{
	return plan_allows(&((struct instance *)ctx)->plan, def, why);
}

static int prepare(void *ctx, struct mib_change *c, size_t n, struct mib_fault *fault)
{
	return plan_prepare(&((struct instance *)ctx)->plan, c, n, fault);
}

static int apply(void *ctx, struct mib_change *c, size_t n, struct mib_fault *fault)
{
	(void)c, (void)n;
	return plan_apply(&((struct instance *)ctx)->plan, fault);
}

static int undo(void *ctx, struct why *why)
{
	return plan_undo(&((struct instance *)ctx)->plan, why);
}

static void finish(void *ctx, bool committed)
{
	plan_finish(&((struct instance *)ctx)->plan, committed);
}

/* In the order of their OIDs. */
static void wire(struct instance *in)
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

	_Static_assert(sizeof(tables) == sizeof(in->tables), "a table is not wired");
	memcpy(in->tables, tables, sizeof(tables));
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		in->tables[i].src.ctx = &in->views;
	in->refusals.what = "refused SETs";
	in->mib = (struct mib){
		.tables = in->tables,
		.ntables = sizeof(tables) / sizeof(*tables),
		.ops = { .ctx = in,
			 .begin = begin,
			 .allows = allows,
			 .prepare = prepare,
			 .apply = apply,
			 .undo = undo,
			 .finish = finish,
			 .failed = failed,
			 .uptime = uptime },
	};
}

static int state_dir_wrong(const char *dir, int err, const char *what, struct why *why)
{
	return why_set(why, err, "state.directory: %s: %s%s", dir, what,
		       err == -EACCES ? ": it is another user's; see process.user" : "");
}

/* Only one agent may use a state directory: locks it, until the process ends. The lock is on the
 * directory itself, so that it needs no room on the disk. */
static int only_one(struct instance *in, struct why *why)
{
	const char *dir = in->store.dir, *wrong;
	struct stat st;

	if (mkdir(dir, 0700) && errno != EEXIST)
		return state_dir_wrong(dir, -errno, strerror(errno), why);
	in->lock_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (in->lock_fd < 0 || fstat(in->lock_fd, &st))
		return state_dir_wrong(dir, -errno, strerror(errno), why);
	wrong = file_mode_wrong(st.st_mode);
	if (wrong)
		return state_dir_wrong(dir, -EINVAL, wrong, why);
	/* A file system that is read-only, as one that is full, keeps SETs out, but no readers. */
	if (euidaccess(dir, R_OK | W_OK | X_OK) && errno != EROFS)
		return state_dir_wrong(dir, -errno, strerror(errno), why);
	if (flock(in->lock_fd, LOCK_EX | LOCK_NB))
		return why_set(why, -EBUSY, "another fwmarkd is running: it has locked %s", dir);
	return 0;
}

static void tell_capabilities(struct instance *in)
{
	in->plan.families = nf_families(in->views.nf);
	agent_capabilities(&in->views);
	if (!in->plan.families)
		log_warn("no legacy iptables tables here, and nftables rules are not shown yet: "
			 "there are no mark rules; try \"modprobe -a ip_tables ip6_tables\"");
	else if (in->store.agent.capabilities & NF_CAP_NFTABLES)
		log_info("rules of nftables (also those of iptables-nft) are not shown yet");
}

/* Names the agent's protocol, so that ip(8) shows whose the managers' routes and policies are.
 * Leaves a name alone that the number has already. The name stays when fwmarkd ends, as the routes
 * do. */
static void name_protocol(struct instance *in)
{
	struct why why = { "" };

	if (names_find(&in->views.names.protos, in->store.protocol))
		return;
	if (rt_names_write_proto((uint8_t)in->store.protocol, "fwmarkd", &why))
		log_warn("protocol %u gets no name: %s", in->store.protocol, why.s);
	else if (!rt_names_read(&in->views.names))
		in->views.names_version++;
}

void instance_init(struct instance *in, const struct conf *conf)
{
	memset(in, 0, sizeof(*in));
	in->conf = *conf;
	in->conf.rows = NULL; /* the plan has them */
	in->lock_fd = -1;
	wire(in);
	store_init(&in->store, in->conf.state_dir, (uint8_t)in->conf.protocol, &in->mib.epoch);
	views_init(&in->views, &in->store, &in->conf.read, &in->conf.access, &in->mib);
	plan_init(&in->plan, &in->views, &in->conf.keep, &in->conf.access, &in->mib,
		  static_rows_ref(conf->rows));
}

/* Reads what was wanted so far. */
static int load_wanted(struct instance *in, struct why *why)
{
	struct why damaged = { "" };
	int err = state_load(&in->store, &damaged);

	if (err == -EINVAL || (in->store.dry_run && err == -EACCES)) {
		log_err("%s", damaged.s);
		err = 0;
	}
	if (err)
		*why = damaged;
	return err ? err : static_rows_load(&in->plan);
}

static int exclude(struct instance *in, struct why *why)
{
	int err = routes_exclude(&in->views);

	return err ? why_set(why, err, EXCLUDE_TABLES ": %s", strerror(-err)) : 0;
}

int instance_open(struct instance *in, struct why *why)
{
	int err;

	in->store.dry_run = true;
	err = views_open(&in->views, why);
	if (!err)
		err = load_wanted(in, why);
	return err ? err : exclude(in, why);
}

int instance_start(struct instance *in, struct why *why)
{
	int err = only_one(in, why);

	if (!err)
		err = views_open(&in->views, why);
	if (!err)
		err = load_wanted(in, why);
	if (!err)
		err = static_rows_claim(&in->plan, NULL, NULL);
	if (!err)
		err = exclude(in, why);
	if (err)
		return err;
	tell_capabilities(in);
	fibs_adopt(&in->views);
	fibs_sync(&in->views);
	name_protocol(in);
	marks_sync(&in->views);
	in->views.routes.last_change = 0; /* what was there before is no change */
	in->plan.restore_due = !in->views.rules.snap;
	plan_take_back(&in->plan);
	if (!in->plan.restore_due)
		static_rows_start(&in->plan);
	plan_restore(&in->plan, NULL, true);
	marks_sync(&in->views);
	in->views.rules.changed_ms = 0; /* that was fwmarkd itself */
	meters_repair(&in->views);
	state_begin(&in->store);
	return 0;
}

void instance_tick(struct instance *in)
{
	struct rules *rules = &in->views.rules;

	views_begin(&in->views, false, false);
	reassert(&in->plan);
	reassert_waiting(&in->plan);
	expire(&in->plan);
	/* A SET changed rules, and nothing was read since: finds out where they stand, before a
	 * reboot comes. */
	if (rules->unplaced && in->mib.state == TXN_IDLE) {
		rules->unplaced = false;
		rules_sync(&in->views);
	}
	instance_between(in);
	marks_tick(&in->views);
	state_tick(&in->store);
	log_limit_tick(&in->refusals);
}

void instance_between(struct instance *in)
{
	views_begin(&in->views, false, false);
	rules_notice(&in->views); /* or the loop would go round while a SET is under way */
	if (in->mib.state != TXN_IDLE)
		return;
	rules_look(&in->views);
	meters_repair(&in->views);
	counts_keep(&in->store);
}

void instance_events(struct instance *in)
{
	views_begin(&in->views, false, false);
	live_sync(&in->views);
	reassert(&in->plan);
}

void instance_stop(struct instance *in)
{
	struct why why;

	if (in->views.nf && in->views.events && !in->store.dry_run) {
		in->views.rules.stale = true;
		marks_sync(&in->views);
		if (state_save(&in->store, &why))
			log_err("%s", why.s);
	}
	mib_fini(&in->mib);
	plan_fini(&in->plan);
	views_fini(&in->views);
	store_fini(&in->store);
	conf_fini(&in->conf);
	if (in->lock_fd >= 0)
		close(in->lock_fd);
}
