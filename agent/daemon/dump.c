/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes what the kernel has as static rows. A row is written only when reading it again gives the
 * same object. An object that no row can express is named in a comment.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "instance.h"
#include "model/index_rows.h"
#include "store/static_rows.h"
#include "views/route_row.h"

struct dump {
	struct instance *in;
	bool all;
	const struct row_kind *kind; /* of the list under way */
	struct text rows, left;	     /* the list, and comments on what cannot stand in it */
	struct vec used;	     /* uint32_t: indices of the list under way, in order */
};

/* Appends one line of a comment. What others wrote into the kernel may hold anything. */
static void comment(struct text *out, const char *before, const char *s, const char *after)
{
	size_t n = strlen(s);

	text_add(out, "%s%s", before, s);
	if (!out->err) {
		char *at = out->s + out->len - n;

		out->len -= n;
		out->len += text_show(at, n, at, n);
		while ((at = strchr(at, '\t')))
			*at = ' ';
	}
	text_add(out, "%s\n", after);
}

static void leave_out(struct dump *d, const char *text, const char *because)
{
	text_add(&d->left, "# Left out, %s:\n", because);
	comment(&d->left, "#   ", text, "");
}

/* Returns: the columns that must be written: those that differ from @base, a row with defaults
 * alone. */
static uint64_t differing(size_t kind, const void *row, const void *base)
{
	const struct mib_def *def = row_kinds[kind].def;
	uint64_t given = 0;

	for (size_t i = 0; i < def->ncols; i++)
		if (def->cols[i].access == ACCESS_RC &&
		    !row_same_column(&row_kinds[kind], &def->cols[i], row, base))
			given |= COL_BIT(def->cols[i].num);
	return row_given_ranges(&row_kinds[kind], given);
}

static void drop(uint64_t *given, unsigned col)
{
	*given &= ~COL_BIT(col);
}

/* Writes the row, and reads it as if it stood in fwmarkd.conf. Returns: NULL when it is refused. */
static struct static_rows *read_again(struct dump *d, const void *row)
{
	struct static_rows *rows = NULL;
	struct text t = TEXT_INIT;
	struct why why = { "" };
	config_t cfg;

	text_add(&t, "%s = (", d->kind->name);
	row_write(d->kind, row, &t);
	text_add(&t, ");");
	config_init(&cfg);
	if (config_read_string(&cfg, text_str(&t)))
		static_rows_read(config_root_setting(&cfg), "", (uint8_t)d->in->conf.protocol,
				 &rows, &why);
	config_destroy(&cfg);
	text_fini(&t);
	return rows;
}

/* Would the kernel hold the same for the row that was read again? */
static bool same_policy(const struct instance *in, const void *row, void *again)
{
	(void)in;
	return policy_same(row, again);
}

static bool same_route(const struct instance *in, const void *row, void *again)
{
	struct route r = *(const struct route *)row, *back = again;

	for (unsigned i = 0; i < back->nhops; i++) {
		struct nexthop *hop = back->nhops > 1 ? &back->hops[i] : &back->hop;
		const struct name *link = names_find_name(&in->views.links, hop->ifname);

		hop->ifindex = link ? link->id : 0;
	}
	r.protocol = back->protocol;
	return route_same(&r, back);
}

static bool kernel_same(const struct instance *in, const struct row_kind *kind, const void *row,
			void *again)
{
	static bool (*const same[ROW_KINDS])(const struct instance *in, const void *row,
					     void *again) = {
		[ROUTE_ROWS] = same_route,
		[POLICY_ROWS] = same_policy,
	};

	return same[kind - row_kinds] ? same[kind - row_kinds](in, row, again)
				      : row_asks_same(kind, row, again, false);
}

/* Writes a row, or a comment why not. @text: the object as iptables or ip show it. */
static void add(struct dump *d, void *row, const char *text)
{
	const struct mib_def *def = d->kind->def;
	struct static_rows *again;
	struct static_row *s;

	row_make_static(def, row);
	again = read_again(d, row);
	s = again ? vec_at(&again->rows, 0) : NULL;
	if (!s || !kernel_same(d->in, d->kind, row, s->row)) {
		leave_out(d, text, "for no static row can express it");
	} else {
		text_add(&d->rows, "%s", d->rows.len ? ",\n" : "\n");
		if (*text)
			comment(&d->rows, "  # ", text, "");
		text_add(&d->rows, "  ");
		row_write(d->kind, row, &d->rows);
	}
	static_rows_unref(again);
}

static void begin(struct dump *d, size_t kind)
{
	d->kind = &row_kinds[kind];
	text_reset(&d->rows);
	text_reset(&d->left);
	vec_clear(&d->used);
}

static void end(struct dump *d, struct text *out)
{
	if (d->left.len)
		text_add(out, "\n%s", text_str(&d->left));
	if (d->rows.len)
		text_add(out, "\n%s = (%s\n);\n", d->kind->name, text_str(&d->rows));
	if (!out->err)
		out->err = d->rows.err ? d->rows.err : d->left.err;
}

static void use_index(struct dump *d, uint32_t index)
{
	if (!index_rows_put(&d->used, index))
		d->rows.err = -ENOMEM;
}

/* Managers' rows keep their indices: marks these as used. The other rows get free ones, in their
 * order. */
static void use_wanted(struct dump *d, const struct wanted *m)
{
	for (size_t i = 0; i < m->rows.n; i++)
		use_index(d, (uint32_t)cell_load(&m->kind->def->cols[0], wanted_at(m, i)));
}

static uint32_t give_index(struct dump *d, uint32_t index, uint32_t *next)
{
	if (index <= ROW_MANAGER_MAX)
		return index;
	while (index_rows_find(&d->used, *next))
		++*next;
	return (*next)++;
}

static bool is_system(const struct dump *d, uint32_t fib)
{
	return !d->all && fib >= RT_TABLE_DEFAULT && fib <= RT_TABLE_LOCAL;
}

static void dump_fibs(struct dump *d, struct text *out)
{
	struct instance *in = d->in;

	begin(d, FIB_ROWS);
	for (size_t i = 0; i < in->views.fibs.rows.n; i++) {
		struct fib f = *(struct fib *)vec_at(&in->views.fibs.rows, i);

		if (!f.name[0] || !f.id || (f.id >= RT_TABLE_DEFAULT && f.id <= RT_TABLE_LOCAL) ||
		    (!f.routes4 && !f.routes6 && !f.policies && f.origin == ORIGIN_FOREIGN))
			continue;
		f.given = COL_BIT(FIB_COL_NAME);
		add(d, &f, "");
	}
	end(d, out);
}

/* Did a routing daemon make the route, and makes it again? The numbers of routing daemons are below
 * 20, and from 186 to 192 (rt_protos). */
static bool by_daemon(const struct instance *in, const struct route *r)
{
	if (r->protocol == in->store.protocol || r->protocol == RTPROT_UNSPEC ||
	    r->protocol == RTPROT_BOOT || r->protocol == RTPROT_STATIC)
		return false;
	return r->protocol < 20 || (r->protocol >= 186 && r->protocol <= 192);
}

/* Returns: NULL or why the route is left out. */
static const char *left_out(const struct route *r)
{
	if (r->flags & ROUTE_EXPIRES)
		return "for it expires";
	return r->nhid ? "for its nexthop object would have to be there first" : NULL;
}

/* Gives the route a copy of its next hops, with the names of their devices. Returns: the copy, or
 * NULL. */
static struct nexthop *named_hops(const struct instance *in, struct route *r)
{
	struct nexthop *hops = calloc(r->nhops, sizeof(*hops));

	for (unsigned i = 0; hops && i < r->nhops; i++) {
		hops[i] = r->hops[i];
		route_row_name_hop(&in->views, &hops[i]);
	}
	return r->hops = hops;
}

static void dump_route(struct dump *d, struct route *r)
{
	struct route base, scope = *r;
	const char *because = left_out(r);
	struct text text = TEXT_INIT;

	routes_expiry(&d->in->views, r);
	route_text(r, &d->in->views.names, &d->in->views.links, &text);
	route_init(&base);
	scope.scope = ROUTE_SCOPE_AUTO;
	base.scope = route_scope(&scope);
	base.hop.gateway_type = AF_UNSPEC;
	r->given = differing(ROUTE_ROWS, r, &base);
	drop(&r->given, ROUTE_COL_GATEWAY_TYPE);
	drop(&r->given, ROUTE_COL_PROTOCOL);
	if (r->hop.ifname[0])
		drop(&r->given, ROUTE_COL_IFINDEX);
	/* The kernel gives every unreachable route of IPv6 the device lo. */
	if (route_is_reject(r)) {
		memset(&r->hop, 0, sizeof(r->hop));
		r->given &= ~ROUTE_COLS_WAY;
	}
	if (because)
		leave_out(d, text_str(&text), because);
	else
		add(d, r, text_str(&text));
	text_fini(&text);
}

static void dump_routes(struct dump *d, struct text *out)
{
	struct instance *in = d->in;
	struct mib_oid at = { 0 };
	const struct route *have;
	size_t daemons = 0;

	begin(d, ROUTE_ROWS);
	while ((have = route_row_next(&in->views, at.id, at.n, &at))) {
		struct route r = *have;

		if (r.status != ROW_ACTIVE || is_system(d, r.fib) || r.protocol == RTPROT_KERNEL ||
		    r.protocol == RTPROT_REDIRECT || r.protocol == RTPROT_RA)
			continue;
		if (by_daemon(in, &r)) {
			daemons++;
			continue;
		}
		if (r.nhops > 1 && !named_hops(in, &r)) {
			d->rows.err = -ENOMEM;
			break;
		}
		dump_route(d, &r);
		if (r.nhops > 1)
			free(r.hops);
	}
	if (daemons)
		text_add(&d->left, "# Left out: %zu routes that routing daemons made.\n", daemons);
	end(d, out);
}

static void dump_policy(struct dump *d, struct policy *p)
{
	struct text text = TEXT_INIT;
	struct policy base;

	policy_text(p, &d->in->views.names, &text);
	policy_init(&base);
	base.family = p->family;
	p->given = differing(POLICY_ROWS, p, &base);
	p->given |= COL_BIT(POLICY_COL_PRIORITY);
	if (p->family != AF_INET)
		p->given |= COL_BIT(POLICY_COL_FAMILY);
	if (cols_have(p->given, POLICY_COL_MARK) && p->mask == UINT32_MAX)
		drop(&p->given, POLICY_COL_MASK);
	add(d, p, text_str(&text));
	text_fini(&text);
}

static void dump_policies(struct dump *d, struct text *out)
{
	struct instance *in = d->in;
	const struct vec *rows = &in->views.policies.rows;
	uint32_t next = 1;

	begin(d, POLICY_ROWS);
	use_wanted(d, &in->store.wanted[POLICY_ROWS]);
	/* In the order of the kernel. */
	for (size_t i = 0; i < in->views.policies.kernel.n; i++) {
		for (size_t k = 0; k < rows->n; k++) {
			const struct policy_row *row = vec_at(rows, k);
			const struct policy *have;
			struct policy p;

			if (row->entry != i)
				continue;
			have = policies_source.find(&in->views, &row->index, 1);
			if (!have || have->route_protocol == RTPROT_KERNEL)
				break;
			p = *have;
			p.index = give_index(d, p.index, &next);
			dump_policy(d, &p);
			break;
		}
	}
	end(d, out);
}

static void dump_rule(struct dump *d, struct markrule *r, const char *text)
{
	struct markrule base;

	markrule_init(&base);
	base.family = r->family;
	r->given = differing(RULE_ROWS, r, &base);
	drop(&r->given, RULE_COL_POSITION);
	if (r->family != AF_INET)
		r->given |= COL_BIT(RULE_COL_FAMILY);
	if (r->target == MARKRULE_MARK || r->target == MARKRULE_CONNMARK_SET)
		r->given |= COL_BIT(RULE_COL_MARK);
	add(d, r, text);
}

static int dump_rules(struct dump *d, struct text *out)
{
	struct instance *in = d->in;
	const struct nf_snap *snap = in->views.rules.snap;
	uint32_t *index = calloc(snap->entries.n + 1, sizeof(*index)), next = 1;

	begin(d, RULE_ROWS);
	use_wanted(d, &in->store.wanted[RULE_ROWS]);
	for (size_t i = 0; index && i < in->views.rules.rows.n; i++) {
		const struct rule_row *row = vec_at(&in->views.rules.rows, i);

		if (rule_is_read(row))
			index[row->entry] = row->index;
	}
	for (size_t i = 0; index && i < snap->entries.n; i++) {
		const struct markrule *have = index[i] ? rules_source.find(&in->views, &index[i], 1)
						       : NULL;
		struct text text = TEXT_INIT;
		struct markrule r;

		if (!have)
			continue;
		r = *have;
		text_add(&text, "%s -t %s ", r.family == AF_INET6 ? "ip6tables" : "iptables",
			 r.table);
		nf_text(in->views.nf, snap, vec_at(&snap->entries, i), &text);
		r.index = give_index(d, r.index, &next);
		dump_rule(d, &r, text_str(&text));
		text_fini(&text);
	}
	free(index);
	end(d, out);
	return index ? 0 : -ENOMEM;
}

static void dump_marks(struct dump *d, struct text *out)
{
	const struct wanted *m = &d->in->store.wanted[MARK_ROWS];

	begin(d, MARK_ROWS);
	for (size_t i = 0; i < m->rows.n; i++) {
		struct mark mark = *(struct mark *)wanted_at(m, i), base;

		mark_init(&base, mark.value, mark.mask);
		mark.given = differing(MARK_ROWS, &mark, &base);
		if (mark.status == ROW_ACTIVE && mark.given)
			add(d, &mark, "");
	}
	end(d, out);
}

int instance_dump(struct instance *in, bool all, struct text *out, struct why *why)
{
	struct dump d = { .in = in, .all = all, .used = VEC_INIT(uint32_t) };
	int err;

	fibs_sync(&in->views);
	err = rules_refresh(&in->views, why);
	if (err)
		return err;
	text_add(out, "# Static rows of fwmarkd.conf(5), as the kernel has them: fwmarkd --dump\n");
	dump_fibs(&d, out);
	dump_routes(&d, out);
	dump_policies(&d, out);
	err = dump_rules(&d, out);
	dump_marks(&d, out);
	text_fini(&d.rows);
	text_fini(&d.left);
	vec_fini(&d.used);
	err = err ? err : out->err;
	return err ? why_set(why, err, "%s", strerror(-err)) : 0;
}
