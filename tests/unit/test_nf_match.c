/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of matches: what a manager may write there, and that nothing of it stays behind. */
#include "nf_env.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <linux/netfilter/xt_bpf.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_policy.h>
#include <linux/netfilter/xt_sctp.h>
#include <linux/netfilter/xt_string.h>
#include <linux/netfilter/xt_u32.h>
#include <linux/netfilter_ipv6/ip6t_opts.h>
#include <linux/netfilter_ipv6/ip6t_rt.h>

#include "base/clock.h"
#include "netfilter/ipt.h"
#include "netfilter/ipt_parse.h"

static const struct {
	const char *text, *words; /* words with | between; NULL: refused */
} tokens[] = {
	{ "", "" },
	{ "  \t ", "" },
	{ "-m tcp", "-m|tcp" },
	{ " -m  tcp ", "-m|tcp" },
	{ "--comment \"two words\"", "--comment|two words" },
	{ "--comment \"a \\\"b\\\" c\\\\d\"", "--comment|a \"b\" c\\d" },
	{ "--comment 'it \"is\"'", "--comment|it \"is\"" },
	{ "a\"b c\"d", "ab cd" },
	{ "\"\"", "" },
	{ "a \"\" b", "a||b" },
	{ "back\\slash", "back\\slash" },
	{ "\"open", NULL },
	{ "'open", NULL },
	{ "\"open\\\"", NULL },
	{ "\"\\", NULL },
};

static void words_are_cut_as_iptables_restore_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(tokens) / sizeof(*tokens); i++) {
		struct text all = TEXT_INIT;
		struct why why = { "" };
		struct vec words;
		char *store;
		int err = ipt_token(tokens[i].text, &words, &store, &why);

		assert_int_equal(err, tokens[i].words ? 0 : -EINVAL);
		if (err < 0)
			continue;
		for (size_t j = 0; j < words.n; j++)
			text_add(&all, "%s%s", j ? "|" : "", *(char **)vec_at(&words, j));
		assert_string_equal(text_str(&all), tokens[i].words);
		text_fini(&all);
		vec_fini(&words);
		free(store);
	}
}

/* Not what a manager may write, each with something that the sentence says. */
static const struct {
	const char *text, *why;
} refused[] = {
	{ "-j DROP", "unknown option \"-j\"" },
	{ "--jump ACCEPT", "unknown option" },
	{ "-g chain", "unknown option" },
	{ "-t nat", "unknown option" },
	{ "-A INPUT", "unknown option" },
	{ "-I INPUT 1", "unknown option" },
	{ "-D INPUT", "unknown option" },
	{ "-F", "unknown option" },
	{ "-p tcp", "unknown option" },
	{ "-i eth0", "unknown option" },
	{ "-o eth0", "unknown option" },
	{ "-c 1 2", "unknown option" },
	{ "-w", "unknown option" },
	{ "-h", "unknown option" },
	{ "--help", "unknown option" },
	{ "-V", "unknown option" },
	{ "-4", "unknown option" },
	{ "--modprobe=/bin/false", "unknown option" },
	{ "-M /bin/false", "unknown option" },
	{ "word", "unexpected \"word\"" },
	{ "-m", "wants an argument" },
	{ "-m nonsense", "unknown match \"nonsense\"" },
	{ "-m ../../../tmp/x", "unknown match" },
	{ "-m \"\"", "unknown match" },
	{ "-m standard", "unknown match" },
	{ "-m MARK", "unknown match" },
	{ "-m aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "unknown match" },
	{ "! -m tcp", "unexpected !" },
	{ "! !", "two !" },
	{ "-m limit !", "nothing after !" },
	{ "-m limit --limit", "wants an argument" },
	{ "-m limit --limit x", "bad rate" },
	{ "-m limit --limit 1/s --limit 2/s", "only be used once" },
	{ "-m limit ! --limit 1/s", "cannot be inverted" },
	{ "-m multiport", "port" },
	{ "-m multiport --dports 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16", "too many ports" },
	{ "-m multiport --dports nosuchservice", "nosuchservice" },
	{ "-m conntrack --ctstate BAD", "Bad ctstate" },
	{ "-m conntrack --ctorigsrc localhost", "no address in numbers" },
	{ "-m conntrack --ctorigsrc example.com/24", "no address in numbers" },
	{ "-m conntrack --ctstate NEW -- x", "unexpected" },
	{ "-m comment", "" },
	{ "-m comment --comment \"fwmark:7\"", "the agent's own" },
	{ "-m comment --comment \"fwmark:7 x\"", "the agent's own" },
	{ "-m mark", "needs an option" },
	{ "-m tos", "needs an option" },
	{ "-m tos --tos wrong", "unknown" },
	{ "-m bpf --object-pinned /etc/passwd", "refused" },
	{ "-m bpf --bytecode 99999,x", "bpf" },
	{ "-m set --match-set nosuchset src", "nosuchset" },
	{ "-m rateest --rateest-bps nonsense", "could not parse rate" },
	{ "-m udp --dport 53", "-m udp needs Protocol 17" },
	{ "-m owner --uid-owner 0", "does not work in this chain" },
	{ "-m owner --uid-owner root", "--uid-owner takes numbers alone" },
	{ "-m owner --gid-owner root", "--gid-owner takes numbers alone" },
	{ "-m owner ! --uid-owner 0-", "Bad value" },
	{ "-m owner --gid-owner 0-9", "does not work in this chain" },
	{ "-s localhost", "no address" },
	{ "-s 10.0.0.1/33", "no mask" },
	{ "-s 2001:db8::1", "no address" },
	{ "-s 10.0.0.1 -s 10.0.0.2", "twice" },
	{ "-f -f", "twice" },
	{ "-d", "wants an argument" },
	{ "-s 10.0.0.0/8", "in the columns" },
	{ "\"", "quote" },
};

static struct markrule rule(const char *matches)
{
	struct markrule r;

	markrule_init(&r);
	r.protocol = IPPROTO_TCP;
	r.src = (struct prefix){ .family = AF_INET, .len = 8, .addr = { 192 } };
	r.matches = matches;
	return r;
}

static void what_is_no_match_is_refused_with_a_sentence(void **state)
{
	(void)state;
	if (!env.ready)
		skip();
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		struct markrule r = rule(refused[i].text);
		struct why why = { "" };
		unsigned column = 0;
		int err = nf_check(env.nf, &r, &column, &why);

		if (err != -EINVAL || !strstr(why.s, refused[i].why))
			fail_msg("%s: %d: %s", refused[i].text, err, why.s);
		assert_int_equal(column, RULE_COL_MATCHES);
		assert_non_null(strstr(why.s, "Matches: "));
	}
}

/* What is too long for one rule comes with the sentence of that, not as a flood from the child. */
static void too_many_matches_are_refused_with_a_sentence(void **state)
{
	char text[MARKRULE_MATCHES_MAX + 1] = "";
	struct markrule r = rule(text);
	struct why why = { "" };

	(void)state;
	need();
	while (strlen(text) + 20 < sizeof(text))
		strcat(text, "-m u32 --u32 0=0 ");
	assert_int_equal(nf_check(env.nf, &r, NULL, &why), -EINVAL);
	assert_string_equal(why.s, "Matches: too much for one rule");
}

/* Whoever writes without an end is not listened to for long. */
static void an_answer_without_an_end_is_cut(void **state)
{
	struct text out = TEXT_INIT;
	int fds[2];
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		char buf[4096] = "";

		close(fds[0]);
		while (write(fds[1], buf, sizeof(buf)) > 0)
			;
		_exit(0);
	}
	close(fds[1]);
	assert_int_equal(parse_answers_read(fds[0], clock_ms() + 60000, 100000, &out), -EBADMSG);
	assert_true(out.len <= 100000);
	close(fds[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	text_fini(&out);
}

/* A name service that takes requests and never answers: where glibc looks for nscd. */
static int hung_name_service(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = "/var/run/nscd/socket" };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(sh("mkdir -p /var/run/nscd"), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 8), 0);
	return fd;
}

static void no_name_service_is_asked(void **state)
{
	static const char *const texts[] = {
		"-m owner --uid-owner 4711",
		"-m owner --gid-owner 4711",
		"-m tcp --dport nosuchservice",
		"-m multiport --dports nosuchservice",
		"-m policy --dir in --pol ipsec --proto nosuchprotocol",
	};
	int fd;

	(void)state;
	need();
	fd = hung_name_service();
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct markrule r = rule(texts[i]);
		struct sockaddr_un from;
		socklen_t len = sizeof(from);
		struct why why = { "" };

		assert_int_equal(nf_check(env.nf, &r, NULL, &why), -EINVAL);
		assert_null(strstr(why.s, "could not take it"));
		assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
		if (accept(fd, (struct sockaddr *)&from, &len) >= 0)
			fail_msg("%s: the name service was asked", texts[i]);
	}
	close(fd);
	unlink("/var/run/nscd/socket");
}

static int open_files(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

/* Noise of 4096 bytes, parts of valid syntax among it. */
static void noise(char *buf, size_t n, unsigned *seed)
{
	static const char *const parts[] = {
		"-m ",
		"tcp ",
		"--dport ",
		"\"",
		"\\",
		"! ",
		"-m multiport --dports 1,2 ",
		"%n%s ",
		"-m string --algo bm --string x ",
		"-m u32 --u32 0=0 ",
		"-",
		"-- ",
		"' ",
		"-m recent --name ",
		"-m comment --comment ",
		"--mark 1 ",
		"-m mark ",
		"-m set ",
	};
	size_t at = 0;

	while (at + 1 < n) {
		*seed = *seed * 1103515245u + 12345u;
		if (*seed >> 16 & 1) {
			const char *part = parts[(*seed >> 17) % (sizeof(parts) / sizeof(*parts))];
			size_t len = strlen(part) < n - 1 - at ? strlen(part) : n - 1 - at;

			memcpy(buf + at, part, len);
			at += len;
		} else {
			buf[at++] = (char)(1 + (*seed >> 20) % 255);
		}
	}
	buf[at] = '\0';
}

static void noise_leaves_nothing_behind(void **state)
{
	char buf[4097];
	unsigned seed = 1;
	int before = open_files();

	(void)state;
	if (!env.ready)
		skip();
	fflush(stdout);
	for (size_t n = 2; n <= sizeof(buf); n += 37) {
		struct markrule r = rule(buf);
		struct why why = { "" };
		int err;

		noise(buf, n, &seed);
		err = nf_check(env.nf, &r, NULL, &why);
		assert_true(err == 0 || err == -EINVAL);
	}
	assert_int_equal(open_files(), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* The columns and a bare name: where it stands is where the match goes. */
static const struct {
	const char *matches, *line;
} orders[] = {
	{ "", "-p tcp -m tcp --dport 25 -m mark --mark 0x1 -m comment" },
	{ "-m tcp", "-p tcp -m mark --mark 0x1 -m tcp --dport 25 -m comment" },
	{ "-m length --length 5", "-p tcp -m tcp --dport 25 -m mark --mark 0x1 -m length --length 5"
				  " -m comment" },
	{ "-m length --length 5 -m mark",
	  "-p tcp -m tcp --dport 25 -m length --length 5 -m mark --mark 0x1 -m comment" },
	{ "-m mark -m tcp", "-p tcp -m mark --mark 0x1 -m tcp --dport 25 -m comment" },
	{ "-m tcp -m tcp --syn",
	  "-p tcp -m mark --mark 0x1 -m tcp --dport 25 -m tcp --tcp-flags FIN,SYN,RST,ACK SYN"
	  " -m comment" },
	{ "-m tcp -m tcp", "-p tcp -m mark --mark 0x1 -m tcp --dport 25 -m tcp -m comment" },
	{ "-m mark --mark 2", "-p tcp -m tcp --dport 25 -m mark --mark 0x1 -m mark --mark 0x2"
			      " -m comment" },
	{ "-f ! -d 10.1.2.3/255.0.255.0", "! -d 10.0.2.0/255.0.255.0 -p tcp -f -m tcp --dport 25" },
};

static void a_bare_name_is_the_place_of_its_columns(void **state)
{
	(void)state;
	if (!env.ready)
		skip();
	for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++) {
		struct markrule r = rule(orders[i].matches);
		const struct nf_edit edit = { .rule = &r, .add = true };
		struct text t = TEXT_INIT;
		struct nf_undo *undo;
		struct why why = { "" };
		size_t failed;

		env_flush();
		r.src.family = AF_UNSPEC;
		r.index = 5;
		r.dport_from = r.dport_to = 25;
		r.match_mark = 1;
		r.match_mask = UINT32_MAX;
		assert_int_equal(nf_commit(env.nf, &edit, 1, &failed, &undo, &why), 0);
		nf_undo_free(undo);
		sh_read("iptables-legacy -t mangle -S PREROUTING", &t);
		if (!strstr(text_str(&t), orders[i].line))
			fail_msg("%s: %s", orders[i].matches, text_str(&t));
		text_fini(&t);
	}
}

/* The kernel's match for UDP-Lite has no extension in iptables 1.8.9. */
static void an_unknown_extension_shows_all_the_same(void **state)
{
	const struct ipt_ops *ops = ipt_ops_of(AF_INET);
	const uint16_t udplite[] = { 1, 2, 3, 4, 0 };
	struct vec blob = VEC_INIT(uint8_t);
	struct text text = TEXT_INIT;
	struct markrule r = rule("");
	struct nf_snap *snap;
	struct xtc_handle *h;
	struct why why = { "" };
	struct ipt_encoding en = { .ops = ops, .rule = &r };
	char *e, *with;
	unsigned column;
	size_t failed;
	uint16_t at;

	(void)state;
	if (!env.ready)
		skip();
	env_flush();
	r.protocol = IPPROTO_UDPLITE;
	r.src.family = AF_UNSPEC;
	r.mark = 1;
	assert_int_equal(ipt_encode(&en, 1, &failed, &column, &why), 0);
	e = en.entry;
	assert_int_equal(ipt_blob_match(&blob, "udplite", 0, udplite, sizeof(udplite)), 0);
	at = ipt_next_at(ops, e);
	with = calloc(1, at + blob.n);
	assert_non_null(with);
	memcpy(with, e, ops->entry_size);
	memcpy(with + ops->entry_size, blob.data, blob.n);
	memcpy(with + ops->entry_size + blob.n, e + ops->entry_size, at - ops->entry_size);
	at = (uint16_t)(at + blob.n);
	memcpy(with + ops->next_at, &at, sizeof(at));
	at = (uint16_t)(ops->entry_size + blob.n);
	memcpy(with + ops->target_at, &at, sizeof(at));
	h = ops->init("mangle");
	assert_non_null(h);
	assert_int_equal(ops->append("PREROUTING", with, h), 1);
	assert_int_equal(ops->commit(h), 1);
	ops->free(h);
	snap = env_read();
	assert_int_equal(snap->entries.n, 1);
	assert_int_equal(nf_text(env.nf, snap, vec_at(&snap->entries, 0), &text), 0);
	assert_string_equal(text_str(&text), "-A PREROUTING -p udplite -m udplite [...]"
					     " -j MARK --set-xmark 0x1/0xffffffff");
	assert_int_equal(nf_decode(env.nf, snap, vec_at(&snap->entries, 0), &r), 0);
	assert_string_equal(r.matches, "-m udplite [...]");
	assert_int_equal(nf_check(env.nf, &r, &column, &why), -EINVAL);
	nf_snap_free(snap);
	text_fini(&text);
	vec_fini(&blob);
	free(with);
	free(e);
	env_flush();
}

#define NUMBER(type, field) sizeof(type), offsetof(type, field), sizeof(((type *)NULL)->field)

/* Numbers in the data of matches, and what they may be at most. */
static const struct {
	const char *name;
	uint8_t revision;
	size_t bytes, at, size;
	uint32_t max;
} numbers[] = {
	{ "bpf", 0, NUMBER(struct xt_bpf_info, bpf_program_num_elem), 64 },
	{ "bpf", 1, NUMBER(struct xt_bpf_info_v1, bpf_program_num_elem), 64 },
	{ "dst", 0, NUMBER(struct ip6t_opts, optsnr), 16 },
	{ "hbh", 0, NUMBER(struct ip6t_opts, optsnr), 16 },
	{ "multiport", 0, NUMBER(struct xt_multiport, count), 15 },
	{ "multiport", 1, NUMBER(struct xt_multiport_v1, count), 15 },
	{ "policy", 0, NUMBER(struct xt_policy_info, len), 4 },
	{ "rt", 0, NUMBER(struct ip6t_rt, addrnr), 16 },
	{ "sctp", 0, NUMBER(struct xt_sctp_info, flag_count), 4 },
	{ "string", 0, NUMBER(struct xt_string_info, patlen), 128 },
	{ "string", 1, NUMBER(struct xt_string_info, patlen), 128 },
	{ "u32", 0, NUMBER(struct xt_u32, ntests), 11 },
	{ "u32", 0, NUMBER(struct xt_u32, tests[0].nnums), 11 },
	{ "u32", 0, NUMBER(struct xt_u32, tests[0].nvalues), 11 },
	{ "u32", 0, NUMBER(struct xt_u32, tests[10].nvalues), 11 },
};

/* Returns: is a match with that number in it printed? @short_by: bytes that its end lacks; then there is no
 * number. */
static bool is_printed(size_t i, uint32_t number, size_t short_by)
{
	static const char entry[512]; /* matches everything */
	size_t size = sizeof(struct xt_entry_match) + (numbers[i].bytes + 7) / 8 * 8 - short_by;
	struct xt_entry_match *m = calloc(1, size); /* exactly: one byte too far is seen */
	struct text text = TEXT_INIT;
	uint16_t two = (uint16_t)number;
	uint8_t one = (uint8_t)number;
	bool printed;

	assert_non_null(m);
	m->u.match_size = (uint16_t)size;
	strcpy(m->u.user.name, numbers[i].name);
	m->u.user.revision = numbers[i].revision;
	if (!short_by)
		memcpy(m->data + numbers[i].at,
		       numbers[i].size == 1   ? (const void *)&one
		       : numbers[i].size == 2 ? (const void *)&two
					      : (const void *)&number,
		       numbers[i].size);
	assert_int_equal(ipt_text_match(&ipt_ops6, entry, m, &text), 0);
	printed = !strstr(text_str(&text), " [...]") && !strstr(text_str(&text), " [unsupported");
	text_fini(&text);
	free(m);
	return printed;
}

/* Extensions believe them. A kernel may lack some. */
static void a_match_is_not_printed_beyond_what_it_is_long(void **state)
{
	const size_t n = sizeof(numbers) / sizeof(*numbers);
	size_t known = 0;

	(void)state;
	if (!env.ready)
		skip();
	for (size_t i = 0; i < n; i++) {
		if (!is_printed(i, 0, 0))
			continue;
		known++;
		assert_true(is_printed(i, numbers[i].max, 0));
		assert_false(is_printed(i, numbers[i].max + 1, 0));
		assert_false(is_printed(i, 0, 8));
	}
	assert_true(known > n / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_cut_as_iptables_restore_does),
		cmocka_unit_test(what_is_no_match_is_refused_with_a_sentence),
		cmocka_unit_test(too_many_matches_are_refused_with_a_sentence),
		cmocka_unit_test(an_answer_without_an_end_is_cut),
		cmocka_unit_test(no_name_service_is_asked),
		cmocka_unit_test(noise_leaves_nothing_behind),
		cmocka_unit_test(a_bare_name_is_the_place_of_its_columns),
		cmocka_unit_test(an_unknown_extension_shows_all_the_same),
		cmocka_unit_test(a_match_is_not_printed_beyond_what_it_is_long),
	};
	int failed;

	env_enter();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	env_leave();
	return failed;
}
