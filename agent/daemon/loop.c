/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process: one connection to SNMP, one log, signals, and what is done when nobody asks. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/notify.h"
#include "instance.h"
#include "privileges.h"
#include "snmp/agentx.h"

/* Events are taken as they come, so that none is lost while nobody asks. */
static void on_events(int fd, void *arg)
{
	(void)fd;
	instance_events(arg);
}

/* What it says is taken between two requests, as all that comes of it. */
static void on_netfilter(int fd, void *arg)
{
	(void)fd, (void)arg;
}

/* Has fwmarkd told when somebody else changes netfilter. */
static int watch_netfilter(struct instance *in)
{
	int fd = nf_watch_fd(in->views.nf);

	if (fd >= 0)
		return agentx_watch(fd, on_netfilter, in);
	log_warn("nothing tells when netfilter changes: it is read when somebody asks, and every "
		 "read.sample_s");
	return 0;
}

static void on_tick(void *arg)
{
	instance_tick(arg);
}

/* Reads the settings anew; but not while a SET is under way, which ends with the settings it began
 * with. */
static void reload(struct instance *in, struct process_control *control)
{
	struct why why = { "" };
	struct conf conf = { 0 };
	struct text later = TEXT_INIT;
	int err;

	if (in->mib.state != TXN_IDLE)
		return;
	control->reload = 0;
	err = control->load(control->ctx, &conf, &why);
	if (!err)
		err = instance_reload(in, &conf, &later, &why);
	if (err) {
		log_err("the settings stay as they were: %s", why.s);
	} else {
		log_open("fwmarkd", in->conf.log_syslog, conf_log_level(&in->conf));
		log_info("settings read anew");
		if (later.len)
			log_warn("%s: changed, and stays as it was until fwmarkd is restarted",
				 text_str(&later));
	}
	text_fini(&later);
	conf_fini(&conf);
}

/* net-snmp (5.9.3) would go on without a file of users and views that it cannot read: checks that
 * before. */
static int start_snmp(struct instance *in, const struct agentx_options *opt, struct why *why)
{
	bool needed = opt->standalone && opt->snmp_conf;
	const char *wrong = needed ? file_wrong(opt->snmp_conf) : NULL;
	int err;

	if (needed && !wrong && euidaccess(opt->snmp_conf, R_OK))
		wrong = strerror(errno);
	if (wrong)
		return why_set(why, -EINVAL, "standalone.snmp_conf: %s: %s", opt->snmp_conf, wrong);
	err = agentx_start(&in->mib, opt);
	if (err == -EADDRNOTAVAIL)
		return why_set(why, err, "standalone.address: \"%s\" cannot be listened on",
			       opt->standalone);
	return err ? why_set(why, err, "SNMP: start failed") : 0;
}

int process_run(struct instance *in, struct process_control *control, struct why *why)
{
	const struct conf *c = &in->conf;
	const struct agentx_options opt = {
		.socket = c->agentx_socket,
		.ping_s = c->agentx_ping_s,
		.standalone = c->standalone_address[0] ? c->standalone_address : NULL,
		.snmp_conf = c->standalone_snmp_conf[0] ? c->standalone_snmp_conf : NULL,
		.state_dir = c->state_dir,
	};
	int err = start_snmp(in, &opt, why);

	if (!err && opt.standalone)
		err = privileges_listening(why);
	if (err)
		return err;
	err = agentx_watch(rtnl_events_fd(in->views.events), on_events, in);
	if (!err)
		err = watch_netfilter(in);
	if (err)
		return why_set(why, err, "event loop: %s", strerror(-err));
	agentx_every_second(on_tick, in);
	log_info("fwmarkd %s ready", PACKAGE_VERSION);
	err = notify_ready();
	if (err)
		log_warn("NOTIFY_SOCKET: %s", strerror(-err));
	if (control->ready)
		control->ready();
	while (!control->stop) {
		if (control->reload)
			reload(in, control);
		/* Requests that have come meanwhile go before the next piece of routes. */
		agentx_process(!routes_step_due(&in->views));
		instance_between(in);
		if (routes_step_due(&in->views)) {
			routes_step(&in->views);
			reassert(&in->plan);
		}
	}
	log_info("stopping");
	agentx_stop();
	return 0;
}
