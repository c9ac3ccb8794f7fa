/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Netlink attributes as data: one table says where each stands in a struct, and both directions
 * walk it. */
#ifndef ROUTING_NL_ATTR_H
#define ROUTING_NL_ATTR_H

#include <stddef.h>
#include <stdint.h>

struct nlmsghdr;

/* What is on the wire. The field behind an integer may have another width: it is 1, 2 or 4 bytes
 * wide and never narrower than what the kernel sends. */
enum nl_kind {
	NL_U8,
	NL_BOOL, /* one byte; nonzero is true */
	NL_U16,
	NL_U32,
	NL_BE32,
	NL_RANGE, /* two integers of the field's width, the second field right behind the first */
	NL_BYTES, /* as many as the field has; absent when all are zero */
	NL_NAME,  /* a string in a char array; absent when empty */
	NL_ADDR,  /* struct prefix; absent without a family or with length 0 */
};

/* An integer that is sent whatever its value. */
#define NL_ALWAYS UINT64_MAX

struct nl_attr {
	uint16_t type;
	uint8_t kind; /* enum nl_kind */
	uint16_t off, size;
	uint16_t guard_off, guard_size;
	/* Integers: the attribute is not sent when the guard, as unsigned, has this value. The
	 * guard is the field itself, unless another one decides. */
	uint64_t absent;
};

#define NL_FIELD_OF(s, f) offsetof(struct s, f), sizeof(((struct s *)0)->f)
#define NL_ATTR(kind, type, s, f, absent)                                                          \
	{                                                                                          \
		type, kind, NL_FIELD_OF(s, f), NL_FIELD_OF(s, f), absent                           \
	}
#define NL_ATTR_IF(kind, type, s, f, guard, absent)                                                \
	{                                                                                          \
		type, kind, NL_FIELD_OF(s, f), NL_FIELD_OF(s, guard), absent                       \
	}

/**
 * nl_begin - start a request
 * @buf, @size: where to write (4-byte aligned), and room there in bytes
 * @hdrlen: size of the family header, which is zeroed
 *
 * Returns: the message, or NULL when there is no room.
 */
struct nlmsghdr *nl_begin(void *buf, size_t size, uint16_t type, uint16_t flags, size_t hdrlen);

/**
 * nl_attr_encode - append the attributes of @obj that are not absent
 * @size: room at @nlh in bytes, header included
 *
 * Returns: 0 or -EMSGSIZE.
 */
int nl_attr_encode(const struct nl_attr *attrs, size_t n, const void *obj, struct nlmsghdr *nlh,
		   size_t size);

/**
 * nl_attr_decode - read the attributes of a message into @obj
 * @hdrlen: size of the family header, which must be there
 * @family: of the addresses; the length of a prefix is not touched
 * @seen: gets bit N when attrs[N] was there; may be NULL
 *
 * Fields whose attribute is not there are left alone; of two equal attributes the last counts.
 * Returns: 0, or -EBADMSG for an attribute of a wrong length. Unknown ones are passed over.
 */
int nl_attr_decode(const struct nl_attr *attrs, size_t n, const struct nlmsghdr *nlh, size_t hdrlen,
		   int family, void *obj, uint64_t *seen);

#endif
