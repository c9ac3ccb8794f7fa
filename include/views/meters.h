/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Meters: which marks are counted as they leave this host, and what was counted. */
#ifndef VIEWS_METERS_H
#define VIEWS_METERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libconfig.h>

#include "base/text.h"
#include "base/vec.h"
#include "base/why.h"

struct app;
struct mark;

struct meter_count {
	uint64_t packets, bytes;
};

/* The sum of a mark's meter since it was switched on, whatever happened to its rules. */
struct meter_sum {
	uint32_t value, mask;
	struct meter_count all;
	struct meter_count seen[2]; /* counters of its rules when last seen: IPv4, IPv6 */
};

struct meters {
	struct vec sums; /* struct meter_sum, by value and mask: of the meters that are on */
	struct vec was;	 /* struct nf_meter: in the kernel before the SET under way */
	bool set;	 /* that SET has changed them */
	bool known;	 /* meters in the kernel that nobody wants were left by no earlier run */
	bool failing;	 /* putting them up failed: say so once */
	uint64_t failed_ms;
};

void meters_init(struct app *a);
void meters_fini(struct app *a);

/* Adds what a reading found to the sums: struct nf_meter, in order. */
void meters_count(struct app *a, const struct vec *found);
/* After managed rows have changed: meters that were switched begin anew. */
void meters_settle(struct app *a);
/* Brings the kernel's meters back to what is wanted when the last reading shows something else.
 * Returns: whether the kernel was changed; the reading is an old one then. */
bool meters_repair(struct app *a);
/* Could a packet match? One whose value has bits outside of the mask never does. */
bool meter_possible(const struct mark *m);
/* Is the meter of a row (NULL: there is none) on? */
bool meter_on(const struct mark *m);
/* The meters that managers want, as nf_meters_set() takes them and in order, appended; @planned:
 * after the SET under way. Returns: 0 or -ENOMEM. */
int meters_wanted(struct app *a, bool planned, struct vec *wanted);
/* Fills in the counters of a row. */
void meters_fill(const struct app *a, struct mark *m);

/* Appends the sums as libconfig reads them. */
void meters_write(const struct app *a, struct text *out);
/* Reads them; a file of a version without meters is fine. @reboot: the kernel's counters have begun
 * anew. Returns: 0 or -errno with @why. */
int meters_read(struct app *a, const config_setting_t *root, bool reboot, struct why *why);

#endif
