/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts and stops net-snmp: as a subagent of snmpd, and as an agent of its own. */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/net-snmp-agent-includes.h>

#include <net-snmp/agent/mib_modules.h>

#include <errno.h>
#include <stdlib.h>
#include <syslog.h>

#include "base/log.h"
#include "snmp/agentx.h"
#include "snmp/master.h"
#include "snmp/shim.h"

#define APP "fwmarkd"

/* The modules of net-snmp that an agent of its own needs: users, views, the system group, SNMP's
 * own counters. None that reads routing tables: the time that net-snmp's own take is quadratic. */
static char standalone_modules[] = "vacm_vars,vacm_conf,usmUser,usmConf,system_mib,sysORTable,"
				   "snmp_mib,snmpEngine,usmStats,setSerialNo,ifTable,ifXTable,"
				   "interface";

/* Is it the line that net-snmp logs for each request? A refusal gets a line of its own. */
static bool is_request(const struct snmp_log_message *msg)
{
	return msg->priority == LOG_INFO && strncmp(msg->msg, "Connection from ", 16) == 0;
}

/* Is it a line about the connection to snmpd? master.c logs that itself. */
static bool is_connection(const struct snmp_log_message *msg)
{
	return strstr(msg->msg, "AgentX subagent connected") ||
	       strstr(msg->msg, "AgentX master disconnected us") ||
	       strstr(msg->msg, "Failed to connect to the agentx master agent");
}

/* net-snmp (5.9.3) says that when a TestSet is cleaned up that it was never given: see frames.h. */
static bool is_of_too_big(const struct snmp_log_message *msg)
{
	return strstr(msg->msg, "restore_set_vars() failed");
}

static struct log_limit lines = { .what = "net-snmp" };

/* Writes net-snmp's log lines to our log. */
static int log_bridge(int major, int minor, void *serverarg, void *clientarg)
{
	const struct snmp_log_message *msg = serverarg;
	bool quiet = is_request(msg) || is_connection(msg) || is_of_too_big(msg) ||
		     log_limit(&lines);

	(void)major, (void)minor, (void)clientarg;
	log_at(quiet ? LOG_DEBUG : msg->priority, "net-snmp: %s", msg->msg);
	return 0;
}

static void set_bool(int store, int which)
{
	netsnmp_ds_set_boolean(store, which, 1);
}

static void start_subagent(const struct agentx_options *opt)
{
	netsnmp_enable_subagent();
	set_bool(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS);
	set_bool(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE);
	set_bool(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE);
	netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET, opt->socket);
	init_agent(APP);
	/* After init_agent(), which sets defaults (net-snmp 5.9.3, agentx_config.c). */
	master_init(opt->socket, opt->ping_s);
}

/* To SNMPv1 and v2c, net-snmp (5.9.3) would send longer answers, which the kernel refuses: nobody
 * would get them, nor an error. */
enum { DATAGRAM_MAX = 65507 };

static void start_standalone(const struct agentx_options *opt)
{
	netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_ROLE, 0);
	/* net-snmp keeps engine id, boots and keys there, and is to read files from there alone. */
	setenv("SNMPCONFPATH", opt->state_dir, 1);
	set_bool(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_DONT_LOG_TCPWRAPPERS_CONNECTS);
	netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_PORTS, opt->standalone);
	if (opt->snmp_conf)
		netsnmp_ds_set_string(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_OPTIONALCONFIG,
				      opt->snmp_conf);
	netsnmp_ds_set_string(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_PERSISTENT_DIR, opt->state_dir);
	netsnmp_ds_set_int(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_MSG_SEND_MAX, DATAGRAM_MAX);
	add_to_init_list(standalone_modules);
	init_agent(APP);
	init_mib_modules();
}

static bool subagent; /* of snmpd */

int agentx_start(struct mib *m, const struct agentx_options *opt)
{
	/* No MIB files are needed, and net-snmp would log hundreds of lines about those that Debian
	 * lacks. */
	setenv("MIBS", "", 1);
	snmp_disable_log();
	snmp_enable_calllog();
	snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, log_bridge, NULL);
	if (opt->standalone)
		start_standalone(opt);
	else
		start_subagent(opt);
	if (shim_register(m))
		return -EIO;
	init_snmp(APP);
	if (opt->standalone && init_master_agent())
		return -EADDRNOTAVAIL;
	subagent = !opt->standalone;
	if (subagent)
		master_tick();
	return 0;
}

int agentx_watch(int fd, void (*cb)(int fd, void *arg), void *arg)
{
	return register_readfd(fd, cb, arg) == FD_REGISTERED_OK ? 0 : -EMFILE;
}

static struct {
	void (*cb)(void *arg);
	void *arg;
} every_second;

static void on_alarm(unsigned id, void *arg)
{
	(void)id, (void)arg;
	if (subagent)
		master_tick();
	log_limit_tick(&lines);
	every_second.cb(every_second.arg);
}

void agentx_every_second(void (*cb)(void *arg), void *arg)
{
	every_second.cb = cb;
	every_second.arg = arg;
	snmp_alarm_register(1, SA_REPEAT, on_alarm, NULL);
}

int agentx_process(bool wait)
{
	return agent_check_and_process(wait) < 0 ? -EINTR : 0;
}

uint32_t agentx_uptime(void)
{
	return (uint32_t)netsnmp_get_agent_uptime();
}

void agentx_stop(void)
{
	if (subagent)
		master_stop();
	snmp_shutdown(APP);
	shutdown_agent();
}
