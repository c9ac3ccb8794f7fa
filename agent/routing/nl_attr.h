/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Netlink attributes as data: one table says which field of a struct each attribute is, and encode
 * and decode both go by it. */
#ifndef ROUTING_NL_ATTR_H
#define ROUTING_NL_ATTR_H

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is on the wire. The field behind an integer may have another width: it is 1, 2 or 4 bytes
 * wide and never narrower than what the kernel sends. */
enum nl_kind {
	NL_NONE, /* not in the table */
	NL_U8,
	NL_BOOL, /* one byte; nonzero is true */
	NL_U16,
	NL_U32,
	NL_BE32,
	NL_RANGE,  /* two integers of the field's width, the second field right behind the first */
	NL_BYTES,  /* as many as the field has; absent when all are zero */
	NL_NAME,   /* a string in a char array; absent when empty */
	NL_PREFIX, /* struct prefix, whose length is in the message's header; absent: length 0 */
	NL_ADDR,   /* struct prefix: an address of the message's family, otherwise absent */
	NL_VIA,	   /* struct prefix: an address of another family, as struct rtvia */
	NL_OWN,	   /* written and read by functions of its own */
};

/* An integer that is sent whatever its value. */
#define NL_ALWAYS UINT64_MAX

/* A message being written. */
struct nl_out {
	struct nlmsghdr *nlh;
	size_t size;	/* room at @nlh in bytes, header included */
	int family;	/* of the addresses */
	unsigned parts; /* see struct nl_attr */
};

/* How an NL_OWN is written and read; NULL: it is not. Both return 0 or -errno. @put decides by
 * itself whether the attribute is absent. */
struct nl_own {
	int (*put)(const struct nl_out *out, uint16_t type, const void *obj);
	int (*get)(const void *data, size_t len, void *obj);
};

struct nl_attr {
	uint8_t kind; /* enum nl_kind */
	uint8_t part; /* 0, or a bit: sent only with that part of the object (nl_out.parts) */
	/* 0, or the attribute that this one goes with. The kernel compares both or neither; when
	 * absent is NL_ALWAYS, both are sent or neither. */
	uint8_t with;
	uint8_t size; /* of the field */
	uint16_t off; /* of the field */
	/* Integers: the attribute is not sent when the field, as unsigned, has this value. */
	uint64_t absent;
	const struct nl_own *own;
};

/* By the number of the attribute, so that a million routes are read without searching. */
struct nl_table {
	const struct nl_attr *attr;
	size_t n;
};

#define NL_TABLE(attrs)                                                                            \
	{                                                                                          \
		attrs, sizeof(attrs) / sizeof(*(attrs))                                            \
	}
#define NL_FIELD(s, f) .off = offsetof(struct s, f), .size = sizeof(((struct s *)0)->f)

/* One attribute of a message. */
struct nl_item {
	unsigned type;
	const void *data;
	size_t len;
};

/**
 * nl_next - take the next attribute off what is left of a message
 *
 * In place of mnl_attr_for_each(), which in libmnl 1.0.5 rounds the length up, past the end.
 * Returns: 1 with @item set, 0 at the end, -EBADMSG when what is left is no attribute.
 */
static inline int nl_next(const char **at, size_t *left, struct nl_item *item)
{
	const struct nlattr *nla = (const void *)*at;
	size_t step;

	if (!*left)
		return 0;
	if (*left < sizeof(*nla) || nla->nla_len < sizeof(*nla) || nla->nla_len > *left)
		return -EBADMSG;
	item->type = nla->nla_type & NLA_TYPE_MASK;
	item->data = nla + 1;
	item->len = nla->nla_len - sizeof(*nla);
	step = MNL_ALIGN(nla->nla_len);
	if (step > *left)
		step = *left;
	*at += step;
	*left -= step;
	return 1;
}

/**
 * nl_begin - start a request
 * @buf, @size: where to write (4-byte aligned), and room there in bytes
 * @hdrlen: size of the family header, which is zeroed
 *
 * Returns: the message, or NULL when there is no room.
 */
struct nlmsghdr *nl_begin(void *buf, size_t size, uint16_t type, uint16_t flags, size_t hdrlen);

/* Appends the attributes of @obj that are not absent. Returns: 0 or -EMSGSIZE. */
int nl_encode(const struct nl_table *table, const struct nl_out *out, const void *obj);
/* Appends attribute @type, even when it is absent. Returns: 0 or -EMSGSIZE. */
int nl_put(const struct nl_table *table, const struct nl_out *out, uint16_t type, const void *obj);
/* Appends attribute @type unless it is absent. Returns: 0 or -EMSGSIZE. */
int nl_put_present(const struct nl_table *table, const struct nl_out *out, uint16_t type,
		   const void *obj);

/**
 * nl_decode - read @len bytes of attributes into @obj
 * @family: of the addresses
 * @seen: gets bit N when attribute N was there, bit 63 for all from 63 on; may be NULL
 *
 * Leaves fields alone whose attribute is not there, and ignores unknown attributes. When an
 * attribute is there twice, the last one counts. Returns: 0, or -EBADMSG for an attribute of a
 * wrong length; the others are read all the same.
 */
int nl_decode(const struct nl_table *table, const void *attrs, size_t len, int family, void *obj,
	      uint64_t *seen);
/* The same for a message. @hdrlen: size of the family header, which must be there. */
int nl_decode_message(const struct nl_table *table, const struct nlmsghdr *nlh, size_t hdrlen,
		      int family, void *obj, uint64_t *seen);

/**
 * nl_selects - does the kernel compare this attribute when a request asks for what matches @obj?
 *
 * It does not when the attribute, or the one that it goes with, is absent, or when it is an
 * NL_ALWAYS with the value 0.
 */
bool nl_selects(const struct nl_table *table, uint16_t type, int family, const void *obj);
/* Have both the same value in the field of the attribute? */
bool nl_field_same(const struct nl_table *table, uint16_t type, const void *a, const void *b);

#endif
