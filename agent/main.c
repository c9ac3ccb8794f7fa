/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line; everything else is in the libraries. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/background.h"
#include "daemon/instance.h"
#include "daemon/privileges.h"

static struct process_control control;

static void on_stop(int sig)
{
	(void)sig;
	control.stop = 1;
}

static void on_reload(int sig)
{
	(void)sig;
	control.reload = 1;
}

static const char usage[] =
	"Usage: fwmarkd [-f] [-v] [-c FILE] [-x SOCKET] [--standalone ADDRESS]\n"
	"       fwmarkd -n | --check | --dump [--all] [-c FILE]\n"
	"Shows packet marks and policy routing by SNMP, and changes them.\n\n"
	"  -f, --foreground          stay in the foreground\n"
	"  -c, --config FILE         read FILE instead of " SYSCONFDIR "/fwmarkd.conf\n"
	"  -x, --socket SOCKET       AgentX socket of snmpd\n"
	"      --standalone ADDRESS  be an SNMP agent of its own, e.g. udp:161\n"
	"  -n, --syntax              check the configuration and exit\n"
	"      --check               print what a start would change, and change nothing\n"
	"      --dump                print what the kernel has, as static rows of FILE\n"
	"      --all                 and what is in the tables main, default and local\n"
	"  -v, --verbose             log debugging messages, too\n"
	"  -V, --version             print the version and exit\n"
	"  -h, --help                print this and exit\n";

struct arguments {
	const char *config, *socket, *standalone;
	bool foreground, syntax, check, dump, all, verbose;
};

/* Returns: -1 to go on, else the exit status. */
static int parse(int argc, char **argv, struct arguments *args)
{
	static const struct option longs[] = {
		{ "foreground", no_argument, NULL, 'f' },
		{ "config", required_argument, NULL, 'c' },
		{ "socket", required_argument, NULL, 'x' },
		{ "standalone", required_argument, NULL, 's' },
		{ "syntax", no_argument, NULL, 'n' },
		{ "check", no_argument, NULL, 'k' },
		{ "dump", no_argument, NULL, 'd' },
		{ "all", no_argument, NULL, 'a' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "fc:x:nvVh", longs, NULL)) != -1) {
		switch (c) {
		case 'f':
			args->foreground = true;
			break;
		case 'c':
			args->config = optarg;
			break;
		case 'x':
			args->socket = optarg;
			break;
		case 's':
			args->standalone = optarg;
			break;
		case 'n':
			args->syntax = true;
			break;
		case 'k':
			args->check = true;
			break;
		case 'd':
			args->dump = true;
			break;
		case 'a':
			args->all = true;
			break;
		case 'v':
			args->verbose = true;
			break;
		case 'V':
			printf("fwmarkd %s\n", PACKAGE_VERSION);
			return EXIT_SUCCESS;
		case 'h':
			fputs(usage, stdout);
			return EXIT_SUCCESS;
		default:
			fputs(usage, stderr);
			return 2;
		}
	}
	if (optind < argc)
		fprintf(stderr, "fwmarkd: what is \"%s\"?\n", argv[optind]);
	else if (args->syntax + args->check + args->dump > 1)
		fputs("fwmarkd: -n, --check and --dump exclude each other\n", stderr);
	else if (args->all && !args->dump)
		fputs("fwmarkd: --all is an option of --dump\n", stderr);
	else
		return -1;
	fputs(usage, stderr);
	return 2;
}

/* Reads the settings. The default file need not be there; a file that was named must. The command
 * line counts, whatever the file says. */
static int load_config(void *ctx, struct conf *conf, struct why *why)
{
	const struct arguments *args = ctx;
	const char *file = args->config ? args->config : SYSCONFDIR "/fwmarkd.conf";
	int err = conf_load(file, conf, why);

	if (err && (err != -ENOENT || args->config))
		return err;
	if (args->socket && strlen(args->socket) >= sizeof(conf->agentx_socket))
		return why_set(why, -EINVAL, "-x: too long: at most %zu bytes",
			       sizeof(conf->agentx_socket) - 1);
	if (args->standalone && strlen(args->standalone) >= sizeof(conf->standalone_address))
		return why_set(why, -EINVAL, "--standalone: too long: at most %zu bytes",
			       sizeof(conf->standalone_address) - 1);
	if (args->socket)
		strcpy(conf->agentx_socket, args->socket);
	if (args->standalone)
		strcpy(conf->standalone_address, args->standalone);
	if (args->verbose)
		strcpy(conf->log_level, "debug");
	/* In the background stderr goes nowhere once fwmarkd serves. */
	conf->log_syslog |= !args->foreground;
	return 0;
}

static void set_signals(void)
{
	struct sigaction sa = { .sa_handler = on_stop };

	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	sa.sa_handler = on_reload;
	sigaction(SIGHUP, &sa, NULL);
	/* net-snmp writes to sockets whose other end may be gone. */
	signal(SIGPIPE, SIG_IGN);
	/* Where RLIMIT_FSIZE is met, write() fails, and the SET is refused. */
	signal(SIGXFSZ, SIG_IGN);
}

/* A dry run, for --check and --dump. Returns: the exit status. */
static int dry_run(const struct arguments *args, const struct conf *conf)
{
	static struct instance in;
	struct text out = TEXT_INIT;
	struct why why = { "" };
	int err;

	log_open("fwmarkd", false, args->verbose ? LOG_DEBUG : LOG_WARNING);
	instance_init(&in, conf);
	err = privileges_look(&why);
	if (!err)
		err = instance_open(&in, &why);
	if (!err)
		err = args->dump ? instance_dump(&in, args->all, &out, &why)
				 : instance_check(&in, &out, &why);
	if (err)
		log_err("%s", why.s[0] ? why.s : strerror(-err));
	else if (fputs(text_str(&out), stdout) == EOF || fflush(stdout))
		err = -errno;
	instance_stop(&in);
	err = err ? EXIT_FAILURE : args->check && out.len ? 2 : EXIT_SUCCESS;
	text_fini(&out);
	return err;
}

int main(int argc, char **argv)
{
	static struct instance in;
	static struct arguments args;
	struct why why = { "" };
	struct conf conf;
	int status = parse(argc, argv, &args);
	int err;

	if (status >= 0)
		return status;
	if (load_config(&args, &conf, &why)) {
		fprintf(stderr, "fwmarkd: %s\n", why.s);
		return EXIT_FAILURE;
	}
	if (args.syntax || args.check || args.dump) {
		status = args.syntax ? EXIT_SUCCESS : dry_run(&args, &conf);
		conf_fini(&conf);
		return status;
	}
	log_open("fwmarkd", conf.log_syslog, conf_log_level(&conf));
	control.load = load_config;
	control.ctx = &args;
	control.ready = args.foreground ? NULL : background_ready;
	set_signals();
	instance_init(&in, &conf);
	err = args.foreground ? 0 : background_begin(&why);
	if (!err)
		err = privileges_drop(&conf, &why);
	if (!err)
		err = instance_start(&in, &why);
	if (!err)
		err = process_run(&in, &control, &why);
	if (err)
		log_err("%s", why.s[0] ? why.s : strerror(-err));
	if (err && !args.foreground)
		fprintf(stderr, "fwmarkd: %s\n", why.s[0] ? why.s : strerror(-err));
	instance_stop(&in);
	conf_fini(&conf);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
