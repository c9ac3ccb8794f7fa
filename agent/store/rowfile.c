/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/rowfile.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/addr.h"
#include "model/row.h"

static const char *const type_names[] = { "unknown", "ipv4", "ipv6" };
static const char *const status_names[] = { NULL, "active", "notInService", "notReady" };

/* "fwmarkRuleInInterface" is "inInterface" in a file. */
static const char *key_of(const struct mib_def *def, const struct mib_col *col, char *buf,
			  size_t size)
{
	snprintf(buf, size, "%s", col->name + strlen(def->prefix));
	buf[0] = (char)tolower((unsigned char)buf[0]);
	return buf;
}

void rowfile_quote(struct text *out, const char *s)
{
	text_addn(out, "\"", 1);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			text_add(out, "\\%c", *s);
		else if ((unsigned char)*s < 0x20 || *s == 0x7f)
			text_add(out, "\\x%02x", (unsigned char)*s);
		else
			text_addn(out, s, 1);
	}
	text_addn(out, "\"", 1);
}

static void quote_bytes(struct text *out, const struct mib_value *v)
{
	struct text s = TEXT_INIT;

	text_addn(&s, v->bytes, v->len);
	rowfile_quote(out, text_str(&s));
	text_fini(&s);
}

static void write_address(struct text *out, const struct mib_value *v)
{
	struct prefix p = { .family = (uint8_t)addr_family(v->len) };
	char buf[PREFIX_TEXT_MAX];

	memcpy(p.addr, v->bytes, addr_size(p.family));
	text_add(out, "\"%s\"", addr_format(&p, buf));
}

static void write_octets(struct text *out, const struct mib_value *v)
{
	text_addn(out, "\"", 1);
	for (size_t i = 0; i < v->len; i++)
		text_add(out, "%02x", ((const uint8_t *)v->bytes)[i]);
	text_addn(out, "\"", 1);
}

static void write_value(const struct mib_col *col, const struct mib_value *v, struct text *out)
{
	long long n = (long long)v->num;

	switch ((enum mib_syntax)col->syntax) {
	case SYN_TRUTH:
		text_add(out, "%s", v->num == 1 ? "true" : "false");
		break;
	case SYN_FAMILY:
		text_add(out, "\"%s\"", type_names[v->num <= 2 ? v->num : 0]);
		break;
	case SYN_STATUS:
		text_add(out, "\"%s\"",
			 status_names[v->num <= ROW_NOT_READY ? v->num : ROW_ACTIVE]);
		break;
	case SYN_STORAGE:
		text_add(out, "\"%s\"", v->num == STORAGE_VOLATILE ? "volatile" : "nonVolatile");
		break;
	case SYN_STRING:
	case SYN_IFNAME:
	case SYN_TEXT:
		quote_bytes(out, v);
		break;
	case SYN_BITS:
	case SYN_OCTETS:
		write_octets(out, v);
		break;
	case SYN_ADDRESS:
		write_address(out, v);
		break;
	default:
		text_add(out, "%lld%s", n, n > INT32_MAX || n < INT32_MIN ? "L" : "");
	}
}

void rowfile_write(const struct mib_def *def, const void *row, struct text *out)
{
	const struct mib_col *storage = mib_col_syntax(def, SYN_STORAGE);
	/* The configuration's rows are all active and permanent. */
	bool lives = storage && cell_load(storage, row) != STORAGE_PERMANENT;
	uint64_t given;
	char key[64];

	memcpy(&given, (const char *)row + def->given_off, sizeof(given));
	text_add(out, "{");
	for (size_t i = 0; i < def->ncols; i++) {
		const struct mib_col *col = &def->cols[i];
		struct mib_value v = { 0 };
		bool life = storage && (col->syntax == SYN_STATUS || col->syntax == SYN_STORAGE);
		bool said = col->access == ACCESS_RC && cols_have(given, col->num);

		if (col->access != ACCESS_NA && (life ? !lives : !said))
			continue;
		cell_get(col, row, 0, &v);
		text_add(out, " %s = ", key_of(def, col, key, sizeof(key)));
		write_value(col, &v, out);
		text_add(out, ";");
	}
	text_add(out, " }");
}

static int read_hex(const char *s, struct mib_value *v)
{
	size_t n = strlen(s);

	if (n % 2 || n / 2 > sizeof(v->small) || s[strspn(s, "0123456789abcdefABCDEF")])
		return -EINVAL;
	for (size_t i = 0; i < n / 2; i++)
		if (sscanf(s + 2 * i, "%2hhx", &v->small[i]) != 1)
			return -EINVAL;
	v->bytes = v->small;
	v->len = n / 2;
	return 0;
}

static int read_address(const char *s, struct mib_value *v)
{
	struct prefix p = { 0 };

	if (*s && (strchr(s, '/') || prefix_parse(s, &p)))
		return -EINVAL;
	v->len = addr_size(p.family);
	memcpy(v->small, p.addr, v->len);
	v->bytes = v->small;
	return 0;
}

static int read_word(const char *s, const char *const *words, size_t n, struct mib_value *v)
{
	for (size_t i = 0; i < n; i++) {
		if (!words[i] || strcmp(words[i], s) != 0)
			continue;
		v->num = i;
		return 0;
	}
	return -EINVAL;
}

static int read_string(const struct mib_col *col, const char *s, struct mib_value *v)
{
	static const char *const storages[] = { NULL, NULL, "volatile", "nonVolatile" };

	switch ((enum mib_syntax)col->syntax) {
	case SYN_FAMILY:
		v->tag = MIB_TAG_INTEGER;
		return read_word(s, type_names, 3, v);
	case SYN_STATUS:
		v->tag = MIB_TAG_INTEGER;
		return read_word(s, status_names, 4, v);
	case SYN_STORAGE:
		v->tag = MIB_TAG_INTEGER;
		return read_word(s, storages, 4, v);
	case SYN_BITS:
	case SYN_OCTETS:
		v->tag = MIB_TAG_OCTETS;
		return read_hex(s, v);
	case SYN_ADDRESS:
		v->tag = MIB_TAG_OCTETS;
		return read_address(s, v);
	default:
		v->tag = MIB_TAG_OCTETS;
		v->bytes = s;
		v->len = strlen(s);
		return 0;
	}
}

static int read_value(const struct mib_col *col, const config_setting_t *s, struct mib_value *v)
{
	switch (config_setting_type(s)) {
	case CONFIG_TYPE_STRING:
		return read_string(col, config_setting_get_string(s), v);
	case CONFIG_TYPE_BOOL:
		v->tag = MIB_TAG_INTEGER;
		v->num = config_setting_get_bool(s) ? 1 : 2;
		return col->syntax == SYN_TRUTH ? 0 : -EINVAL;
	case CONFIG_TYPE_INT:
		/* libconfig 1.5 makes -1 of 0xffffffff. */
		if (config_setting_get_format(s) == CONFIG_FORMAT_HEX) {
			v->num = (uint32_t)config_setting_get_int(s);
			break;
		}
		v->num = (uint64_t)(int64_t)config_setting_get_int(s);
		break;
	case CONFIG_TYPE_INT64:
		v->num = (uint64_t)config_setting_get_int64(s);
		break;
	default:
		return -EINVAL;
	}
	v->tag = MIB_TAG_UNSIGNED32;
	if (col->syntax == SYN_INTEGER || col->syntax == SYN_ENUM || col->syntax == SYN_TRUTH)
		v->tag = MIB_TAG_INTEGER;
	else if (v->num > UINT32_MAX)
		return -EINVAL;
	return 0;
}

static const struct mib_col *col_of(const struct mib_def *def, const char *name)
{
	char key[64];

	for (size_t i = 0; i < def->ncols; i++) {
		const struct mib_col *col = &def->cols[i];

		if ((col->access == ACCESS_NA || col->access == ACCESS_RC) &&
		    strcmp(key_of(def, col, key, sizeof(key)), name) == 0)
			return col;
	}
	return NULL;
}

static bool is_other(const char *const *other, const char *name)
{
	for (; other && *other; other++)
		if (strcmp(*other, name) == 0)
			return true;
	return false;
}

/* A column whose value is of another kind. Only fwmarkd itself writes the others. */
static void say_what_is_wanted(const struct mib_col *col, struct why *why)
{
	static const char *const wanted[] = {
		[SYN_ENUM] = "a number",
		[SYN_TRUTH] = "true or false",
		[SYN_STRING] = "a string in quotes",
		[SYN_IFNAME] = "a string in quotes",
		[SYN_TEXT] = "a string in quotes",
		[SYN_BITS] = "a string of hexadecimal digits",
		[SYN_OCTETS] = "a string of hexadecimal digits",
		[SYN_FAMILY] = "\"ipv4\" or \"ipv6\"",
		[SYN_ADDRESS] = "an address in quotes, without a prefix length,",
		[SYN_STORAGE] = NULL,
	};

	if (col->syntax == SYN_INTEGER || col->syntax == SYN_UNSIGNED ||
	    col->syntax == SYN_PREFIXLEN)
		why_set(why, 0, "a number from %lld to %lld is wanted", (long long)col->min,
			(long long)col->max);
	else if (wanted[col->syntax])
		why_set(why, 0, "%s is wanted", wanted[col->syntax]);
	else
		why_set(why, 0, "not a value that it can have");
}

/* A manager cannot write notReady; what it began and has not finished is kept all the same. */
static int store_value(const struct mib_col *col, void *row, const struct mib_value *v,
		       struct arena *arena, struct why *wrong)
{
	if (col->syntax != SYN_STATUS || v->tag != MIB_TAG_INTEGER || v->num != ROW_NOT_READY)
		return cell_set(col, row, v, arena, wrong);
	cell_store(col, row, v->num);
	return 0;
}

int rowfile_read(const struct mib_def *def, const config_setting_t *group, void *row,
		 const char *const *other, struct arena *arena, struct why *why)
{
	uint64_t given = 0;

	if (!config_setting_is_group(group))
		return why_set(why, -EINVAL, "line %u: a group in braces is wanted",
			       config_setting_source_line(group));
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *s = config_setting_get_elem(group, (unsigned)i);
		const char *name = config_setting_name(s);
		const struct mib_col *col = col_of(def, name);
		struct mib_value v = { 0 };
		struct why wrong = { "" };
		int err;

		if (is_other(other, name))
			continue;
		if (!col)
			return why_set(why, -EINVAL, "line %u: %s: no such column",
				       config_setting_source_line(s), name);
		err = read_value(col, s, &v) ? MIB_WRONG_TYPE
					     : store_value(col, row, &v, arena, &wrong);
		if (err == MIB_WRONG_TYPE)
			say_what_is_wanted(col, &wrong);
		if (err)
			return why_set(why, -EINVAL, "line %u: %s: %s",
				       config_setting_source_line(s), name, wrong.s);
		if (col->access == ACCESS_RC)
			given |= COL_BIT(col->num);
	}
	memcpy((char *)row + def->given_off, &given, sizeof(given));
	return 0;
}
