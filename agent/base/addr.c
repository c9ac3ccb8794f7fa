/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"

size_t addr_size(int family)
{
	return family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;
}

int addr_family(size_t size)
{
	return size == 4 ? AF_INET : size == 16 ? AF_INET6 : AF_UNSPEC;
}

bool addr_is_zero(const struct prefix *p)
{
	static const uint8_t zeros[ADDR_MAX];

	return memcmp(p->addr, zeros, sizeof(zeros)) == 0;
}

bool prefix_is_canonical(const struct prefix *p)
{
	for (size_t i = p->len / 8; i < addr_size(p->family); i++) {
		uint8_t host = i == p->len / 8 ? 0xff >> (p->len % 8) : 0xff;

		if (p->addr[i] & host)
			return false;
	}
	return p->len <= 8 * addr_size(p->family);
}

int prefix_cmp(const struct prefix *a, const struct prefix *b)
{
	int d = a->family - b->family;

	if (!d)
		d = memcmp(a->addr, b->addr, sizeof(a->addr));
	return d ? d : a->len - b->len;
}

const char *addr_format(const struct prefix *p, char *buf)
{
	buf[0] = '\0';
	if (p->family != AF_UNSPEC)
		inet_ntop(p->family, p->addr, buf, PREFIX_TEXT_MAX);
	return buf;
}

const char *prefix_format(const struct prefix *p, char *buf)
{
	size_t n;

	addr_format(p, buf);
	n = strlen(buf);
	if (n)
		snprintf(buf + n, PREFIX_TEXT_MAX - n, "/%u", p->len);
	return buf;
}

int prefix_parse(const char *s, struct prefix *out)
{
	struct prefix p = { .family = strchr(s, ':') ? AF_INET6 : AF_INET };
	const char *slash = strchr(s, '/');
	unsigned long long len = 8 * addr_size(p.family);
	char addr[PREFIX_TEXT_MAX];
	size_t n = slash ? (size_t)(slash - s) : strlen(s);

	if (n >= sizeof(addr))
		return -EINVAL;
	memcpy(addr, s, n);
	addr[n] = '\0';
	if (inet_pton(p.family, addr, p.addr) != 1 || (slash && text_number(slash + 1, len, &len)))
		return -EINVAL;
	p.len = (uint8_t)len;
	*out = p;
	return 0;
}
