/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables as the kernel gives them: one blob of entries, read with two getsockopt() calls and
 * walked where it lies. libiptc makes an object of every rule, which a reader does not need.
 *
 * A blob holds the built-in chains first, each from its hook's entry to its policy, then every
 * user-defined chain: an entry with target ERROR that carries the name, the rules, a
 * final return. A last ERROR ends it. A jump holds the offset of the first rule of the chain.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netfilter_ipv4/ip_tables.h>

#include "ipt_priv.h"

const struct ipt_ops *const ipt_families[] = { &ipt_ops4, &ipt_ops6, NULL };

/* Hooks of each of nf_tables[]. */
static const uint8_t table_hooks[] = {
	HOOK_PREROUTING | HOOK_OUTPUT,
	HOOK_PREROUTING | HOOK_INPUT | HOOK_FORWARD | HOOK_OUTPUT | HOOK_POSTROUTING,
	HOOK_PREROUTING | HOOK_INPUT | HOOK_OUTPUT | HOOK_POSTROUTING,
	HOOK_INPUT | HOOK_FORWARD | HOOK_OUTPUT,
	HOOK_INPUT | HOOK_FORWARD | HOOK_OUTPUT,
};

const struct ipt_ops *ipt_ops_of(int family)
{
	for (size_t i = 0; ipt_families[i]; i++)
		if (ipt_families[i]->family == family)
			return ipt_families[i];
	return NULL;
}

const char *ipt_table_known(const char *name)
{
	for (size_t i = 0; nf_tables[i]; i++)
		if (strcmp(nf_tables[i], name) == 0)
			return nf_tables[i];
	return NULL;
}

int ipt_builtin_hook(const char *table, const char *chain)
{
	for (size_t i = 0; nf_tables[i]; i++) {
		if (strcmp(nf_tables[i], table) != 0)
			continue;
		for (int hook = 0; hook < IPT_HOOKS; hook++)
			if ((table_hooks[i] & 1u << hook) && strcmp(nf_hooks[hook], chain) == 0)
				return hook;
	}
	return -1;
}

/* Asks for each table, for a user who may not read the file that lists them (it belongs to root and
 * has mode 0440). This loads no module either. But when a table's module is loaded, even for
 * another namespace, Linux 5.15 and later create the table here (xt_find_table_lock()). So the file
 * comes first. */
static unsigned tables_that_answer(const struct ipt_ops *ops)
{
	int fd = socket(ops->family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	unsigned loaded = 0;

	for (size_t i = 0; fd >= 0 && nf_tables[i]; i++) {
		struct ipt_get_entries get = { .size = 0 };
		socklen_t len = sizeof(get);

		strcpy(get.name, nf_tables[i]);
		/* No table has size 0: EAGAIN says that the table exists and is larger. */
		if (getsockopt(fd, ops->level, ops->get_entries, &get, &len) < 0 && errno == EAGAIN)
			loaded |= 1u << i;
	}
	if (fd >= 0)
		close(fd);
	return loaded;
}

unsigned ipt_tables_loaded(const struct ipt_ops *ops)
{
	FILE *f = fopen(ops->names, "re");
	char line[XT_TABLE_MAXNAMELEN + 2];
	unsigned loaded = 0;

	if (!f)
		return errno == EACCES ? tables_that_answer(ops) : 0;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		for (size_t i = 0; nf_tables[i]; i++)
			if (strcmp(nf_tables[i], line) == 0)
				loaded |= 1u << i;
	}
	fclose(f);
	return loaded;
}

bool ipt_table_loaded(const struct ipt_ops *ops, const char *table)
{
	unsigned loaded = ipt_tables_loaded(ops);

	for (size_t i = 0; nf_tables[i]; i++)
		if ((loaded & 1u << i) && strcmp(nf_tables[i], table) == 0)
			return true;
	return false;
}

/* One try. Returns: 0, -EAGAIN when the table grew or shrank between the two calls, -errno. */
static int table_get(const struct ipt_ops *ops, const char *name, int fd, struct ipt_table *t)
{
	/* The structs of both families are the same but for the type of the entries. */
	struct ipt_getinfo info = { 0 };
	socklen_t len = sizeof(info);
	struct ipt_get_entries *get;

	memcpy(info.name, name, strnlen(name, sizeof(info.name) - 1));
	if (getsockopt(fd, ops->level, ops->get_info, &info, &len) < 0)
		return -errno;
	len = (socklen_t)(sizeof(*get) + info.size);
	if (t->room < len) {
		free(t->raw);
		t->raw = malloc(len);
		t->room = t->raw ? len : 0;
	}
	get = t->raw;
	if (!get)
		return -ENOMEM;
	/* All of it: the kernel copies names of matches and targets up to their end alone
	 * (xt_obj_to_user() of net/netfilter/x_tables.c), and readings are compared byte by byte. */
	memset(get, 0, len);
	memcpy(get->name, info.name, sizeof(get->name));
	get->size = info.size;
	if (getsockopt(fd, ops->level, ops->get_entries, get, &len) < 0)
		return -errno;
	t->entries = (const uint8_t *)get->entrytable;
	t->size = info.size;
	t->valid_hooks = info.valid_hooks;
	memcpy(t->hook_entry, info.hook_entry, sizeof(t->hook_entry));
	return 0;
}

int ipt_table_read_into(const struct ipt_ops *ops, const char *name, struct ipt_table *t, void *raw,
			size_t room)
{
	int fd, err;

	memset(t, 0, sizeof(*t));
	t->raw = raw;
	t->room = room;
	t->chains = (struct vec)VEC_INIT(struct ipt_chain);
	t->jumps = (struct vec)VEC_INIT(struct ipt_jump);
	t->ops = ops;
	t->name = name;
	fd = socket(ops->family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	if (fd < 0)
		return -errno;
	/* A program that does not take the lock may change the table again and again. */
	for (int tries = 0; tries < 20; tries++) {
		err = table_get(ops, name, fd, t);
		if (err != -EAGAIN)
			break;
	}
	close(fd);
	return err;
}

int ipt_table_read(const struct ipt_ops *ops, const char *name, struct ipt_table *t)
{
	return ipt_table_read_into(ops, name, t, NULL, 0);
}

static enum ipt_again counters_again(const uint8_t *x, const uint8_t *y)
{
	struct xt_counters was, is;

	memcpy(&was, x, sizeof(was));
	memcpy(&is, y, sizeof(is));
	if (is.pcnt < was.pcnt || is.bcnt < was.bcnt)
		return IPT_ZEROED;
	return is.pcnt > was.pcnt || is.bcnt > was.bcnt ? IPT_COUNTED : IPT_SAME;
}

enum ipt_again ipt_table_again(const struct ipt_table *t, const struct ipt_table *now)
{
	const size_t from = t->ops->counters_at, to = from + sizeof(struct xt_counters);
	enum ipt_again again = IPT_SAME;

	if (t->ops != now->ops || t->name != now->name || t->size != now->size ||
	    t->valid_hooks != now->valid_hooks ||
	    memcmp(t->hook_entry, now->hook_entry, sizeof(t->hook_entry)) != 0)
		return IPT_OTHER;
	for (uint32_t at = 0, next; at < t->size; at += next) {
		const uint8_t *x = t->entries + at, *y = now->entries + at;
		enum ipt_again one;

		next = ipt_next_at(t->ops, x);
		if (memcmp(x, y, from) != 0 || memcmp(x + to, y + to, next - to) != 0)
			return IPT_OTHER;
		one = counters_again(x + from, y + from);
		again = one > again ? one : again;
	}
	return again;
}

void ipt_table_count(struct ipt_table *t, const struct ipt_table *now)
{
	uint8_t *entries = (uint8_t *)t->raw + offsetof(struct ipt_get_entries, entrytable);

	for (uint32_t at = 0; at < t->size; at += ipt_next_at(t->ops, t->entries + at))
		memcpy(entries + at + t->ops->counters_at, now->entries + at + t->ops->counters_at,
		       sizeof(struct xt_counters));
}

void ipt_table_fini(struct ipt_table *t)
{
	vec_fini(&t->chains);
	vec_fini(&t->jumps);
	free(t->raw);
	t->raw = NULL;
	t->room = 0;
}

/* Returns: the built-in chain that starts at @offset, NULL when none does. */
static const char *hook_at(const struct ipt_table *t, uint32_t offset)
{
	for (int i = 0; i < IPT_HOOKS; i++)
		if ((t->valid_hooks & 1u << i) && t->hook_entry[i] == offset)
			return nf_hooks[i];
	return NULL;
}

static int chain_add(struct ipt_table *t, const char *name, uint32_t start)
{
	struct ipt_chain *c = vec_push(&t->chains);

	if (!c)
		return -ENOMEM;
	c->name = name;
	c->start = start;
	c->snap = UINT32_MAX;
	return 0;
}

/* A standard target with an offset is a jump. When that leads to the very next rule, the rule has
 * no target at all. */
static int jump_add(struct ipt_table *t, uint32_t chain, uint32_t next,
		    const struct xt_entry_target *target)
{
	struct ipt_jump *j;
	int verdict;

	if (target->u.target_size < sizeof(*target) + sizeof(verdict))
		return -EBADMSG;
	memcpy(&verdict, target->data, sizeof(verdict));
	if (verdict < 0 || (uint32_t)verdict == next)
		return 0;
	j = vec_push(&t->jumps);
	if (!j)
		return -ENOMEM;
	j->from = chain;
	j->to = (uint32_t)verdict;
	return 0;
}

/* Returns: the target of the entry at @offset, NULL when it does not fit into the blob. */
static const struct xt_entry_target *entry_target(const struct ipt_table *t, uint32_t offset)
{
	const struct ipt_ops *ops = t->ops;
	const uint8_t *e = t->entries + offset;
	const struct xt_entry_target *target;
	uint16_t at, next;

	if (t->size - offset < ops->entry_size)
		return NULL;
	at = ipt_target_at(ops, e);
	next = ipt_next_at(ops, e);
	if (at % _Alignof(struct xt_counters) || next % _Alignof(struct xt_counters))
		return NULL;
	if (at < ops->entry_size || next < at + sizeof(*target) || next > t->size - offset)
		return NULL;
	target = (const void *)(e + at);
	if (target->u.target_size < sizeof(*target) || target->u.target_size > next - at ||
	    !memchr(target->u.user.name, '\0', sizeof(target->u.user.name)))
		return NULL;
	return target;
}

struct scan {
	struct ipt_table *t;
	int (*rule)(void *arg, struct ipt_table *t, uint32_t chain, uint32_t position,
		    const void *e);
	void *arg;
};

static int scan_entry(const struct scan *s, uint32_t offset, const struct xt_entry_target *target)
{
	struct ipt_table *t = s->t;
	const void *e = t->entries + offset;
	uint32_t next = offset + ipt_next_at(t->ops, e);
	const char *hook = hook_at(t, offset);
	struct ipt_chain *chain;
	int err;

	if (strcmp(target->u.user.name, XT_ERROR_TARGET) == 0) {
		if (!memchr(target->data, '\0', target->u.target_size - sizeof(*target)))
			return -EBADMSG;
		/* An ERROR opens a chain, but for the last one, which ends the blob. */
		return next < t->size ? chain_add(t, (const char *)target->data, next) : 0;
	}
	if (hook) {
		err = chain_add(t, hook, offset);
		if (err < 0)
			return err;
	}
	if (t->chains.n == 0)
		return -EBADMSG;
	chain = vec_at(&t->chains, t->chains.n - 1);
	chain->rules++;
	if (target->u.user.name[0] == '\0')
		return jump_add(t, (uint32_t)t->chains.n - 1, next, target);
	if (s->rule && ipt_is_mark(target))
		return s->rule(s->arg, t, (uint32_t)t->chains.n - 1, chain->rules, e);
	return 0;
}

int ipt_table_scan(struct ipt_table *t,
		   int (*rule)(void *arg, struct ipt_table *t, uint32_t chain, uint32_t position,
			       const void *e),
		   void *arg)
{
	const struct scan s = { .t = t, .rule = rule, .arg = arg };
	int err;

	vec_clear(&t->chains);
	vec_clear(&t->jumps);
	for (uint32_t at = 0; at < t->size; at += ipt_next_at(t->ops, t->entries + at)) {
		const struct xt_entry_target *target = entry_target(t, at);

		if (!target)
			return -EBADMSG;
		err = scan_entry(&s, at, target);
		if (err < 0)
			return err;
	}
	/* The last entry of a chain is its policy or its return, and no rule. */
	for (size_t i = 0; i < t->chains.n; i++) {
		struct ipt_chain *chain = vec_at(&t->chains, i);

		if (chain->rules > 0)
			chain->rules--;
	}
	return 0;
}

const struct ipt_chain *ipt_table_chain(const struct ipt_table *t, const char *name)
{
	for (size_t i = 0; i < t->chains.n; i++) {
		const struct ipt_chain *chain = vec_at(&t->chains, i);

		if (strcmp(chain->name, name) == 0)
			return chain;
	}
	return NULL;
}
