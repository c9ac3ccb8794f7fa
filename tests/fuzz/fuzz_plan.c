/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as what an agent meets: SETs over rows of all kinds, a kernel or a disk that fails at any
 * step, others who change the kernel, too, devices that go down, a sudden end at any moment. A SET is
 * done or it is not, whatever happens on the way; what is put back disturbs nothing else.
 */
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "base/log.h"
#include "plan_sets.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool reasserts; /* the setting */
static bool astray;    /* an undoing has failed: nobody knows what should be there */
static int settings_before[FAKE_LINKS];

/* ---- the world when the agent ends, and the agent ---- */

static struct {
	bool taken;
	struct fake_kernel kernel;
	struct text file[FAKE_AGENT_FILES];
	bool there[FAKE_AGENT_FILES];
} at_end;

/* The agent goes on, and nothing of what it does from here on counts. */
static void world_keep(void)
{
	if (at_end.taken)
		return;
	at_end.taken = true;
	at_end.kernel = *fake;
	for (size_t i = 0; i < FAKE_AGENT_FILES; i++) {
		text_reset(&at_end.file[i]);
		at_end.there[i] = !text_add_file(&at_end.file[i], fake_agent_path(dir, i), 1 << 20);
	}
}

static void write_file(const char *path, const struct text *t)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, text_str(t), t->len) != (ssize_t)t->len)
		found("cannot be written", path);
	close(fd);
}

static void nothing_fails(void)
{
	fake->fail[0] = fake->fail[1] = fake->kill = 0;
	fake->steps = fake->moments = 0;
	at_end.taken = false;
}

static void start(void)
{
	nothing_fails();
	if (fake_agent_start(&in, dir, reasserts))
		found("the agent does not start", "");
}

/* What was there when the agent ended is there again. @kill: when it ends once more; 0: it does not. */
static void start_after_end(unsigned kill)
{
	nothing_fails();
	instance_stop(&in);
	*fake = at_end.kernel;
	fake->kill = 0;
	fake_agent_remove_files(dir);
	for (size_t i = 0; i < FAKE_AGENT_FILES; i++)
		if (at_end.there[i])
			write_file(fake_agent_path(dir, i), &at_end.file[i]);
	nothing_fails();
	fake->kill = kill;
	if (fake_agent_start(&in, dir, reasserts))
		found("the agent does not start", "after a sudden end");
}

static void restart(void)
{
	nothing_fails();
	instance_stop(&in);
	start();
}

/* ---- SETs ---- */

/* What the SET says of interfaces. */
static void settings_wanted(void)
{
	int value[FAKE_LINKS];
	char s[32];

	memcpy(value, settings_before, sizeof(value));
	for (size_t i = 0; i < nvarbinds; i++)
		if (varbinds[i].def == &mib_interface)
			value[varbinds[i].idx[0] - FAKE_LINK] = (int)varbinds[i].num;
	for (unsigned i = 0; i < FAKE_LINKS; i++) {
		line_of(s, (size_t)sprintf(s, "eth%u rp_filter %d", i, settings_before[i]))->n--;
		line_of(s, (size_t)sprintf(s, "eth%u rp_filter %d", i, value[i]))->n++;
	}
}

/* The kernel is what it was but for what the SET changed of what is wanted. What was lost before stays
 * away where a SET does not ask for it. */
static void check_done(const struct sight *before)
{
	struct sight now = SIGHT_INIT;
	const struct line *wrong = NULL;
	int lost = 0;

	look(&now);
	each_wanted(wanted_after);
	settings_wanted();
	lines_add(&now.kernel, -1);
	for (size_t i = 0; i < nlines; i++) {
		lost += lines[i].maybe - (lines[i].n > 0 ? lines[i].n : 0);
		if (lines[i].n)
			wrong = &lines[i];
		if (lines[i].n < 0)
			lost = INT16_MIN;
	}
	if (lost < 0) {
		sight_show("it was", before);
		sight_show("it is", &now);
		found(wrong->n < 0 ? "it has too many of" : "it has not", wrong->s);
	}
	sight_fini(&now);
}

static struct sight done;

static void look_done(void)
{
	look(&done);
}

/* A kernel keeps a route with a next hop by a device that is down, and does not take it again once it is
 * changed: no undoing can help that. */
static bool has_dead_hops(void)
{
	for (size_t i = 0; i < fake->nroutes; i++)
		for (unsigned k = 0; k < FAKE_HOPS; k++)
			if (fake->routes[i].hops[k].flags & ROUTE_DEAD)
				return true;
	return false;
}

enum { STAYS, TAKEN_BACK };

static void one_set(unsigned how)
{
	struct sight before = SIGHT_INIT, now = SIGHT_INIT;
	bool fails;
	int error;

	nothing_fails();
	fake->fail[0] = byte();
	if (fake->fail[0])
		fake->fail[1] = byte();
	fails = fake->fail[0] || fake->fail[1] || has_dead_hops();
	read_set();
	views_begin(&in.views, false, false); /* so that all events are taken now */
	live_sync(&in.views);
	look(&before);
	memcpy(settings_before, fake->rp_filter, sizeof(settings_before));
	nlines = 0;
	lines_add(&before.kernel, 1);
	each_wanted(wanted_before);
	error = fake_agent_set(&in, varbinds, nvarbinds, how == TAKEN_BACK ? look_done : NULL);
	nothing_fails();
	if (error == MIB_UNDO_FAILED && !fails)
		found("what did not fail cannot be undone", "");
	if (error == MIB_UNDO_FAILED)
		goto out;
	look(&now);
	if (error || how == TAKEN_BACK) {
		expect_same("the kernel", text_str(&now.kernel), text_str(&before.kernel));
		expect_same("what is wanted", text_str(&now.wanted), text_str(&before.wanted));
	} else {
		check_done(&before);
	}
	check_file();
out:
	astray = error == MIB_UNDO_FAILED;
	sight_fini(&before);
	sight_fini(&now);
}

static void set_stays(void)
{
	one_set(STAYS);
}

static void set_taken_back(void)
{
	one_set(TAKEN_BACK);
}

/* Returns: what comes behind names, routes and policies: "PREROUTING 1: ...". */
static const char *rules_of(const char *kernel)
{
	while (strchr("nt0123456789", *kernel))
		kernel = strchr(kernel, '\n') + 1;
	return kernel;
}

/* The journal does not say where a policy stood among those of its priority. */
static bool same_sight(const struct sight *x, const struct sight *y)
{
	bool same = strcmp(text_str(&x->wanted), text_str(&y->wanted)) == 0 &&
		    strcmp(rules_of(text_str(&x->kernel)), rules_of(text_str(&y->kernel))) == 0;

	nlines = 0;
	lines_add(&x->kernel, 1);
	lines_add(&y->kernel, -1);
	for (size_t i = 0; i < nlines; i++)
		same = same && !lines[i].n;
	return same;
}

/* A sudden end in a SET, and perhaps one more when the agent starts. */
static void cut_off(void)
{
	struct sight before = SIGHT_INIT, now = SIGHT_INIT;
	unsigned how = byte() % 2 ? TAKEN_BACK : STAYS;
	uint8_t again = byte();
	bool all_can_be_undone;
	int error;

	restart();
	look(&before);
	all_can_be_undone = !has_dead_hops();
	nothing_fails();
	fake->kill = 1 + byte();
	read_set();
	error = fake_agent_set(&in, varbinds, nvarbinds, how == TAKEN_BACK ? look_done : NULL);
	if (error == MIB_UNDO_FAILED && all_can_be_undone)
		found("what did not fail cannot be undone", "");
	astray = error == MIB_UNDO_FAILED;
	if (how == STAYS || error)
		look_done();
	if (at_end.taken) {
		start_after_end(again);
		if (at_end.taken)
			start_after_end(0);
		look(&now);
		if (all_can_be_undone && !same_sight(&now, &before) && !same_sight(&now, &done)) {
			sight_show("before", &before);
			sight_show("done", &done);
			sight_show("it is", &now);
			found("neither all nor nothing", "after a sudden end");
		}
		check_file();
	}
	astray = astray || !all_can_be_undone;
	nothing_fails();
	sight_fini(&before);
	sight_fini(&now);
}

/* ---- what else happens ---- */

static void foreign_rule(uint8_t b)
{
	struct markrule rule = {
		.index = ROW_FOREIGN_MIN,
		.family = AF_INET,
		.table = "mangle",
		.target = MARKRULE_MARK,
		.mark = 1 + b % 3,
		.mask = UINT32_MAX,
	};

	snprintf(rule.chain, sizeof(rule.chain), "%s", chains[b / 3 % 2].s);
	if (fake->nrules < FAKE_MAX / 2)
		fake_kernel_rule(&rule, b / 6);
}

static void foreign_policy(uint8_t b)
{
	struct policy policy;

	policy_init(&policy);
	policy.family = AF_INET;
	policy.priority = 1 + b % 3;
	policy.fib = 201 + b / 3 % 2;
	policy.mark = 1 + b / 6 % 3;
	policy.mask = UINT32_MAX;
	if (fake->npolicies < FAKE_MAX / 2)
		fake_kernel_policy(&policy);
}

static void foreign_route(uint8_t b)
{
	struct route route;

	route_init(&route);
	route.fib = 201 + b % 2;
	route.dst.family = AF_INET;
	route.metric = b / 2 % 2;
	route.instance = 1;
	route.type = ROUTE_UNREACHABLE;
	route.protocol = ROUTE_PROTO_BOOT;
	fake_kernel_route(&route);
}

static void no_rule(uint8_t b)
{
	if (fake->nrules)
		fake_kernel_no_rule(b % fake->nrules);
}

static void no_policy(uint8_t b)
{
	if (fake->npolicies)
		fake_kernel_no_policy(b % fake->npolicies);
}

static void no_route(uint8_t b)
{
	if (fake->nroutes)
		fake_kernel_no_route(b % fake->nroutes);
}

static void somebody_else(void)
{
	static void (*const all[])(uint8_t b) = { foreign_rule, foreign_policy, foreign_route,
						  no_rule,	no_policy,	no_route };
	uint8_t what = byte() % (sizeof(all) / sizeof(*all));

	all[what](byte());
}

static void a_link(void)
{
	uint8_t link = byte() % FAKE_LINKS;

	fake_kernel_link(link, byte() % 2);
}

/* Whatever time brings. */
static void some_time(void)
{
	struct sight before = SIGHT_INIT;

	nothing_fails();
	look(&before);
	fake->fail[0] = byte();
	instance_events(&in);
	instance_tick(&in);
	nothing_fails();
	check_repair(&before);
	sight_fini(&before);
}

/* While the agent is away. @what: bits. */
static void others_take_away(uint8_t what)
{
	size_t *const n[] = { &fake->nnames, &fake->nroutes, &fake->npolicies, &fake->nrules,
			      &fake->nmeters };

	for (size_t i = 0; i < sizeof(n) / sizeof(*n); i++)
		if (what >> i & 1)
			*n[i] = 0;
}

/* A start puts back all that it can, and one failure keeps one row out at most; meters are one thing. */
static void stop_and_start(void)
{
	struct sight before = SIGHT_INIT, now = SIGHT_INIT;
	uint8_t fails = byte();
	unsigned out;
	bool started;

	nothing_fails();
	instance_stop(&in);
	others_take_away(byte());
	fake_kernel_text(&before.kernel);
	nothing_fails();
	fake->fail[0] = fails;
	started = fake_agent_start(&in, dir, reasserts) == 0;
	nothing_fails();
	check_repair(&before);
	out = all_missing() - missing[MARK_ROWS] + (missing[MARK_ROWS] != 0);
	if (started && !in_the_way() && out > (fails ? 1 : 0) && !(fails && impossible)) {
		look(&now);
		sight_show("it was", &before);
		sight_show("it is", &now);
		found("a start did not put back all that it could", "");
	}
	if (!started)
		restart();
	sight_fini(&before);
}

static void (*const ops[])(void) = { set_stays,	    set_stays, set_taken_back, cut_off,
				     somebody_else, a_link,    some_time,      stop_and_start };
enum { OPS = sizeof(ops) / sizeof(*ops), OPS_MAX = 16 };

static void remove_all(void)
{
	fake_agent_remove_files(dir);
	rmdir(dir);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	if (!mkdtemp(dir))
		abort();
	atexit(remove_all);
	log_open("fuzz", false, LOG_EMERG);
	fake_kernel_init();
	fake_end = world_keep;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	input = (struct input){ data, data + size };
	reasserts = byte() % 2;
	fake_kernel_init();
	fake_agent_remove_files(dir);
	start();
	astray = false;
	for (unsigned i = 0; i < OPS_MAX && input.p < input.end && !astray; i++)
		ops[byte() % OPS]();
	nothing_fails();
	instance_stop(&in);
	return 0;
}
