/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "nl_attr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <string.h>

#include "base/addr.h"

/* Reads an unsigned integer of @size bytes, in host order. */
static uint64_t uint_load(const void *p, size_t size)
{
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;

	switch (size) {
	case sizeof(u8):
		memcpy(&u8, p, sizeof(u8));
		return u8;
	case sizeof(u16):
		memcpy(&u16, p, sizeof(u16));
		return u16;
	default:
		memcpy(&u32, p, sizeof(u32));
		return u32;
	}
}

static void uint_store(void *p, size_t size, uint64_t v)
{
	uint8_t u8 = (uint8_t)v;
	uint16_t u16 = (uint16_t)v;
	uint32_t u32 = (uint32_t)v;

	memcpy(p,
	       size == sizeof(u8)    ? (void *)&u8
	       : size == sizeof(u16) ? (void *)&u16
				     : &u32,
	       size);
}

/* Size on the wire of an integer. */
static size_t uint_size(uint8_t kind)
{
	return kind == NL_U8 || kind == NL_BOOL ? 1 : kind == NL_U16 ? 2 : 4;
}

static bool all_zero(const uint8_t *p, size_t n)
{
	while (n && !*p)
		p++, n--;
	return n == 0;
}

static bool attr_absent(const struct nl_attr *a, const void *obj)
{
	const char *field = (const char *)obj + a->off;
	const struct prefix *prefix = (const void *)field;
	uint64_t max = a->size == 2 ? UINT16_MAX : UINT32_MAX;

	switch (a->kind) {
	case NL_RANGE:
		return uint_load(field, a->size) == 0 && uint_load(field + a->size, a->size) == max;
	case NL_BYTES:
		return all_zero((const uint8_t *)field, a->size);
	case NL_NAME:
		return field[0] == '\0';
	case NL_ADDR:
		return !addr_size(prefix->family) || !prefix->len;
	default:
		return uint_load((const char *)obj + a->guard_off, a->guard_size) == a->absent;
	}
}

struct nlmsghdr *nl_begin(void *buf, size_t size, uint16_t type, uint16_t flags, size_t hdrlen)
{
	struct nlmsghdr *nlh;

	if (size < mnl_nlmsg_size(MNL_ALIGN(hdrlen)))
		return NULL;
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	mnl_nlmsg_put_extra_header(nlh, hdrlen);
	return nlh;
}

int nl_attr_encode(const struct nl_attr *attrs, size_t n, const void *obj, struct nlmsghdr *nlh,
		   size_t size)
{
	for (const struct nl_attr *a = attrs; a < attrs + n; a++) {
		const char *field = (const char *)obj + a->off;
		const void *data = field;
		size_t len = a->size;
		char wire[4];

		if (attr_absent(a, obj))
			continue;
		if (a->kind == NL_RANGE) {
			len *= 2;
		} else if (a->kind == NL_NAME) {
			len = strnlen(field, a->size - 1u) + 1;
		} else if (a->kind == NL_ADDR) {
			data = ((const struct prefix *)data)->addr;
			len = addr_size(((const struct prefix *)(const void *)field)->family);
		} else if (a->kind != NL_BYTES) {
			uint64_t v = uint_load(field, a->size);

			len = uint_size(a->kind);
			uint_store(wire, len, a->kind == NL_BE32 ? htonl((uint32_t)v) : v);
			data = wire;
		}
		if (!mnl_attr_put_check(nlh, size, a->type, len, data))
			return -EMSGSIZE;
	}
	return 0;
}

/* Puts one attribute of @len bytes into its field. */
static int attr_store(const struct nl_attr *a, const void *data, size_t len, int family, void *obj)
{
	char *field = (char *)obj + a->off;
	struct prefix *prefix = (void *)field;
	uint64_t v;

	switch (a->kind) {
	case NL_RANGE:
		if (len != 2u * a->size)
			return -EBADMSG;
		memcpy(field, data, len);
		return 0;
	case NL_BYTES:
		if (len != a->size)
			return -EBADMSG;
		memcpy(field, data, len);
		return 0;
	case NL_NAME:
		len = strnlen(data, len);
		if (len >= a->size)
			return -EBADMSG;
		memset(field, 0, a->size);
		memcpy(field, data, len);
		return 0;
	case NL_ADDR:
		if (len != addr_size(family))
			return -EBADMSG;
		prefix->family = (uint8_t)family;
		memset(prefix->addr, 0, sizeof(prefix->addr));
		memcpy(prefix->addr, data, len);
		return 0;
	default:
		if (len != uint_size(a->kind))
			return -EBADMSG;
		v = uint_load(data, len);
		if (a->kind == NL_BOOL)
			v = v != 0;
		uint_store(field, a->size, a->kind == NL_BE32 ? ntohl((uint32_t)v) : v);
		return 0;
	}
}

static int attr_find(const struct nl_attr *attrs, size_t n, const struct nlattr *nla, int family,
		     void *obj, uint64_t *seen)
{
	for (size_t i = 0; i < n; i++) {
		if (attrs[i].type != mnl_attr_get_type(nla))
			continue;
		if (seen)
			*seen |= UINT64_C(1) << i;
		return attr_store(&attrs[i], mnl_attr_get_payload(nla),
				  mnl_attr_get_payload_len(nla), family, obj);
	}
	return 0;
}

int nl_attr_decode(const struct nl_attr *attrs, size_t n, const struct nlmsghdr *nlh, size_t hdrlen,
		   int family, void *obj, uint64_t *seen)
{
	size_t off = mnl_nlmsg_size(MNL_ALIGN(hdrlen));
	int err = 0;

	if (seen)
		*seen = 0;
	if (nlh->nlmsg_len < mnl_nlmsg_size(hdrlen))
		return -EBADMSG;
	/* By the length itself: mnl_attr_for_each() of libmnl 1.0.5 rounds it up, past the end. */
	while (!err && off + sizeof(struct nlattr) <= nlh->nlmsg_len) {
		const struct nlattr *nla = (const void *)((const char *)nlh + off);

		if (!mnl_attr_ok(nla, (int)(nlh->nlmsg_len - off)))
			break;
		err = attr_find(attrs, n, nla, family, obj, seen);
		off += MNL_ALIGN(nla->nla_len);
	}
	return err;
}
