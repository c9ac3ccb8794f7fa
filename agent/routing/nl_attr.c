/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "nl_attr.h"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"

enum { VIA_HEADER = offsetof(struct rtvia, rtvia_addr) }; /* struct rtvia ends in an array */

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

	switch (size) {
	case sizeof(u8):
		memcpy(p, &u8, sizeof(u8));
		break;
	case sizeof(u16):
		memcpy(p, &u16, sizeof(u16));
		break;
	default:
		memcpy(p, &u32, sizeof(u32));
		break;
	}
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

/* Bytes of the field; NL_RANGE has two, one behind the other. */
static size_t field_size(const struct nl_attr *a)
{
	return a->kind == NL_RANGE ? 2u * a->size : a->size;
}

static bool is_absent(const struct nl_attr *a, int family, const void *obj)
{
	const char *field = (const char *)obj + a->off;
	const struct prefix *prefix = (const void *)field;
	uint64_t max = a->size == 2 ? UINT16_MAX : UINT32_MAX;

	switch (a->kind) {
	case NL_NONE:
		return true;
	case NL_RANGE:
		return uint_load(field, a->size) == 0 && uint_load(field + a->size, a->size) == max;
	case NL_BYTES:
		return all_zero((const uint8_t *)field, a->size);
	case NL_NAME:
		return field[0] == '\0';
	case NL_PREFIX:
		return !addr_size(prefix->family) || !prefix->len;
	case NL_ADDR:
		return !addr_size(prefix->family) || prefix->family != family;
	case NL_VIA:
		return !addr_size(prefix->family) || prefix->family == family;
	case NL_OWN:
		return !a->own->put;
	default:
		return uint_load(field, a->size) == a->absent;
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

int nl_put(const struct nl_table *table, const struct nl_out *out, uint16_t type, const void *obj)
{
	const struct nl_attr *a = &table->attr[type];
	const char *field = (const char *)obj + a->off;
	const struct prefix *prefix = (const void *)field;
	const void *data = field;
	size_t len = field_size(a);
	char wire[VIA_HEADER + ADDR_MAX];
	struct rtvia via;
	uint64_t v;

	switch (a->kind) {
	case NL_OWN:
		return a->own->put(out, type, obj);
	case NL_RANGE:
	case NL_BYTES:
		break;
	case NL_NAME:
		len = strnlen(field, a->size - 1u) + 1;
		break;
	case NL_PREFIX:
	case NL_ADDR:
		data = prefix->addr;
		len = addr_size(prefix->family);
		break;
	case NL_VIA:
		via.rtvia_family = prefix->family;
		memcpy(wire, &via, VIA_HEADER);
		memcpy(wire + VIA_HEADER, prefix->addr, addr_size(prefix->family));
		data = wire;
		len = VIA_HEADER + addr_size(prefix->family);
		break;
	default:
		v = uint_load(field, a->size);
		len = uint_size(a->kind);
		uint_store(wire, len, a->kind == NL_BE32 ? htonl((uint32_t)v) : v);
		data = wire;
	}
	return mnl_attr_put_check(out->nlh, out->size, type, len, data) ? 0 : -EMSGSIZE;
}

int nl_put_present(const struct nl_table *table, const struct nl_out *out, uint16_t type,
		   const void *obj)
{
	const struct nl_attr *a = &table->attr[type];

	if (a->part && !(a->part & out->parts))
		return 0;
	if (is_absent(a->with && a->absent == NL_ALWAYS ? &table->attr[a->with] : a, out->family,
		      obj))
		return 0;
	return nl_put(table, out, type, obj);
}

int nl_encode(const struct nl_table *table, const struct nl_out *out, const void *obj)
{
	int err = 0;

	for (uint16_t type = 1; !err && type < table->n; type++)
		err = nl_put_present(table, out, type, obj);
	return err;
}

/* Clears the bytes behind the address: an earlier attribute for the same field may be longer. */
static int addr_load(struct prefix *p, int family, const void *data, size_t len)
{
	if (!len || len != addr_size(family))
		return -EBADMSG;
	p->family = (uint8_t)family;
	memset(p->addr, 0, sizeof(p->addr));
	memcpy(p->addr, data, len);
	return 0;
}

static int via_load(struct prefix *p, const struct nl_item *item)
{
	struct rtvia via;

	if (item->len < VIA_HEADER)
		return -EBADMSG;
	memcpy(&via, item->data, VIA_HEADER);
	p->len = (uint8_t)(8 * addr_size(via.rtvia_family));
	return addr_load(p, via.rtvia_family, (const char *)item->data + VIA_HEADER,
			 item->len - VIA_HEADER);
}

static int name_load(char *field, size_t size, const struct nl_item *item)
{
	size_t len = strnlen(item->data, item->len);

	if (len >= size)
		return -EBADMSG;
	memset(field, 0, size);
	memcpy(field, item->data, len);
	return 0;
}

static int uint_get(const struct nl_attr *a, const struct nl_item *item, void *field)
{
	uint64_t v;

	if (item->len != uint_size(a->kind))
		return -EBADMSG;
	v = uint_load(item->data, item->len);
	if (a->kind == NL_BOOL)
		v = v != 0;
	uint_store(field, a->size, a->kind == NL_BE32 ? ntohl((uint32_t)v) : v);
	return 0;
}

/* Puts one attribute into its field. */
static int get(const struct nl_attr *a, const struct nl_item *item, int family, void *obj)
{
	char *field = (char *)obj + a->off;
	struct prefix *prefix = (void *)field;

	switch (a->kind) {
	case NL_NONE:
		return 0;
	case NL_RANGE:
	case NL_BYTES:
		if (item->len != field_size(a))
			return -EBADMSG;
		memcpy(field, item->data, item->len);
		return 0;
	case NL_NAME:
		return name_load(field, a->size, item);
	case NL_ADDR:
		prefix->len = (uint8_t)(8 * addr_size(family));
		return addr_load(prefix, family, item->data, item->len);
	case NL_PREFIX:
		return addr_load(prefix, family, item->data, item->len);
	case NL_VIA:
		return via_load(prefix, item);
	case NL_OWN:
		return a->own->get ? a->own->get(item->data, item->len, obj) : 0;
	default:
		return uint_get(a, item, field);
	}
}

int nl_decode(const struct nl_table *table, const void *attrs, size_t len, int family, void *obj,
	      uint64_t *seen)
{
	const char *at = attrs;
	uint64_t types = 0;
	struct nl_item item;
	int err = 0, more;

	while ((more = nl_next(&at, &len, &item)) > 0) {
		int e = 0;

		types |= UINT64_C(1) << (item.type < 63 ? item.type : 63);
		if (item.type < table->n)
			e = get(&table->attr[item.type], &item, family, obj);
		err = err ? err : e;
	}
	if (seen)
		*seen = types;
	return err ? err : more;
}

int nl_decode_message(const struct nl_table *table, const struct nlmsghdr *nlh, size_t hdrlen,
		      int family, void *obj, uint64_t *seen)
{
	size_t begin = mnl_nlmsg_size(MNL_ALIGN(hdrlen));

	if (nlh->nlmsg_len < mnl_nlmsg_size(hdrlen))
		return -EBADMSG;
	return nl_decode(table, (const char *)nlh + begin,
			 nlh->nlmsg_len > begin ? nlh->nlmsg_len - begin : 0, family, obj, seen);
}

bool nl_selects(const struct nl_table *table, uint16_t type, int family, const void *obj)
{
	uint8_t with = table->attr[type].with;
	const struct nl_attr *a = &table->attr[with ? with : type];

	if (is_absent(a, family, obj))
		return false;
	return a->absent != NL_ALWAYS || !all_zero((const uint8_t *)obj + a->off, a->size);
}

bool nl_field_same(const struct nl_table *table, uint16_t type, const void *a, const void *b)
{
	const struct nl_attr *d = &table->attr[type];

	return !memcmp((const char *)a + d->off, (const char *)b + d->off, field_size(d));
}
