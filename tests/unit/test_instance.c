/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several instances live in one process, and share nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/instance.h"
#include "model/mark.h"
#include "netns.h"
#include "store/files.h"

enum { INSTANCES = 2, MASK = 0xff };

static bool ready;
static char top[] = "/tmp/test_instance.XXXXXX";
static struct instance in[INSTANCES];

static uint32_t uptime(void *ctx)
{
	(void)ctx;
	return 100;
}

/* Names of tables are written, too: not to the host's files. */
static int enter(void **state)
{
	(void)state;
	ready = netns_enter() && mount("none", "/etc/iproute2", "tmpfs", 0, NULL) == 0 &&
		mount("none", "/run", "tmpfs", 0, NULL) == 0 && mkdtemp(top);
	log_open("test", false, LOG_EMERG);
	return 0;
}

static int leave(void **state)
{
	char cmd[64];

	(void)state;
	snprintf(cmd, sizeof(cmd), "rm -rf %s", top);
	return ready && system(cmd) ? -1 : 0;
}

static int start(struct instance *one, unsigned number, struct why *why)
{
	struct conf conf;

	conf_init(&conf);
	snprintf(conf.state_dir, sizeof(conf.state_dir), "%s/state%u", top, number);
	snprintf(conf.agentx_socket, sizeof(conf.agentx_socket), "%s/master%u", top, number);
	instance_init(one, &conf);
	one->mib.ops.uptime = uptime;
	return instance_start(one, why);
}

static void start_all(void)
{
	struct why why = { "" };

	for (unsigned i = 0; i < INSTANCES; i++)
		assert_int_equal(start(&in[i], i, &why), 0);
}

static void stop_all(void)
{
	for (unsigned i = 0; i < INSTANCES; i++)
		instance_stop(&in[i]);
}

static void set(struct mib *m, unsigned varbind, unsigned col, uint32_t mark,
		const struct mib_value *v)
{
	const uint32_t oid[] = { 3, 2, 1, col, mark, MASK };

	assert_int_equal(mib_set_add(m, varbind, oid, 6, v), MIB_OK);
}

/* A manager gives a mark a name. */
static void name_mark(struct mib *m, uint32_t mark, const char *name)
{
	const struct mib_value text = { .tag = MIB_TAG_OCTETS, .bytes = name, .len = strlen(name) };
	const struct mib_value go = { .tag = MIB_TAG_INTEGER, .num = ROW_CREATE_AND_GO };
	unsigned varbind = 0;

	m->ops.begin(m->ops.ctx, false);
	mib_set_begin(m);
	set(m, 0, MARK_COL_NAME, mark, &text);
	set(m, 1, MARK_COL_STATUS, mark, &go);
	assert_int_equal(mib_set_check(m, &varbind), MIB_OK);
	assert_int_equal(mib_set_apply(m, &varbind), MIB_OK);
	mib_set_finish(m);
}

/* Is that the name of the mark? NULL: it has no row. */
static bool is_named(struct mib *m, uint32_t mark, const char *name)
{
	const uint32_t oid[] = { 3, 2, 1, MARK_COL_NAME, mark, MASK };
	struct mib_value v = { 0 };

	m->ops.begin(m->ops.ctx, false);
	if (mib_get(m, oid, 6, &v))
		return !name;
	return name && v.len == strlen(name) && memcmp(v.bytes, name, v.len) == 0;
}

static void each_has_what_its_managers_want(void **state)
{
	(void)state;
	if (!ready)
		skip();
	start_all();
	name_mark(&in[0].mib, 1, "mail");
	name_mark(&in[1].mib, 1, "voice");
	name_mark(&in[1].mib, 2, "web");
	for (int again = 0; again < 2; again++) {
		assert_true(is_named(&in[0].mib, 1, "mail"));
		assert_true(is_named(&in[0].mib, 2, NULL));
		assert_true(is_named(&in[1].mib, 1, "voice"));
		assert_true(is_named(&in[1].mib, 2, "web"));
		assert_int_equal(in[0].store.agent.sets, again ? 0 : 1);
		assert_int_equal(in[1].store.agent.sets, again ? 0 : 2);
		/* And so it is in their files. */
		stop_all();
		if (!again)
			start_all();
	}
}

static void one_ends_and_the_other_goes_on(void **state)
{
	struct why why = { "" };

	(void)state;
	if (!ready)
		skip();
	start_all();
	instance_stop(&in[0]);
	name_mark(&in[1].mib, 3, "later");
	instance_events(&in[1]);
	instance_tick(&in[1]);
	assert_true(is_named(&in[1].mib, 3, "later"));
	assert_int_equal(start(&in[0], 0, &why), 0);
	assert_true(is_named(&in[0].mib, 3, NULL));
	stop_all();
}

static void a_directory_is_for_one(void **state)
{
	struct why why = { "" };

	(void)state;
	if (!ready)
		skip();
	assert_int_equal(start(&in[0], 0, &why), 0);
	assert_int_equal(start(&in[1], 0, &why), -EBUSY);
	assert_non_null(strstr(why.s, "has locked"));
	stop_all();
}

static void settings_are_of_each(void **state)
{
	struct text later = TEXT_INIT;
	struct why why = { "" };
	struct conf conf;

	(void)state;
	if (!ready)
		skip();
	start_all();
	conf = in[0].conf;
	conf.access.enable = false;
	assert_int_equal(instance_reload(&in[0], &conf, &later, &why), 0);
	assert_int_equal(later.len, 0);
	assert_false(in[0].mib.ops.allows(&in[0], &mib_mark, &why));
	assert_true(in[1].mib.ops.allows(&in[1], &mib_mark, &why));
	text_fini(&later);
	stop_all();
}

/* What state_boot() says in a namespace of its own, whose inode is @out->inode. */
struct boot {
	char text[STATE_BOOT_MAX];
	ino_t inode;
};

static void boot_elsewhere(struct boot *out)
{
	struct stat st;
	int fd[2];
	pid_t pid;

	assert_int_equal(pipe(fd), 0);
	pid = fork();
	if (pid == 0) {
		struct boot b = { 0 };

		if (unshare(CLONE_NEWNET) || stat("/proc/self/ns/net", &st))
			_exit(1);
		b.inode = st.st_ino;
		state_boot(b.text);
		_exit(write(fd[1], &b, sizeof(b)) != sizeof(b));
	}
	close(fd[1]);
	assert_int_equal(read(fd[0], out, sizeof(*out)), sizeof(*out));
	close(fd[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* Also when it has got the inode of one that is gone, as that of a container that starts again. */
static void a_new_namespace_is_another_boot(void **state)
{
	enum { TRIES = 200 };
	char again[STATE_BOOT_MAX], here[STATE_BOOT_MAX];
	static struct boot all[TRIES];
	uint64_t cookie;
	socklen_t len = sizeof(cookie);
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	bool reused = false;

	(void)state;
	if (!ready || getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len))
		skip();
	close(fd);
	state_boot(here);
	state_boot(again);
	assert_string_equal(here, again);
	for (size_t i = 0; i < TRIES && !reused; i++) {
		boot_elsewhere(&all[i]);
		assert_string_not_equal(all[i].text, here);
		for (size_t k = 0; k < i; k++) {
			reused |= all[k].inode == all[i].inode;
			assert_string_not_equal(all[k].text, all[i].text);
		}
		usleep(1000); /* the kernel frees the inode when it has time */
	}
	assert_true(reused);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_has_what_its_managers_want),
		cmocka_unit_test(one_ends_and_the_other_goes_on),
		cmocka_unit_test(a_directory_is_for_one),
		cmocka_unit_test(settings_are_of_each),
		cmocka_unit_test(a_new_namespace_is_another_boot),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
