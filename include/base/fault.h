/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults on demand, for tests: ./configure --enable-fault-injection. Any other build has nothing of
 * this.
 *
 * Every step of a SET that can fail passes fault_here(). The environment variable FWMARK_FAULTS
 * names a file: when a SET begins and the file is there, it is read and removed. It has numbers, an
 * errno first, then which steps fail with that, counted from 1, those of the undoing among them.
 * What was passed is appended to FWMARK_FAULTS.passed, a line for each step.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stdbool.h>

#ifdef FAULT_INJECTION

/* A SET begins: reads what is to fail, and counts from 1. */
void fault_load(void);
/* Steps count while a SET is carried out or undone, not those of anything else. */
void fault_watch(bool on);
/* Returns: 0, or the -errno with which the step is to fail. */
int fault_here(const char *step);

#else

static inline void fault_load(void)
{
}

static inline void fault_watch(bool on)
{
	(void)on;
}

static inline int fault_here(const char *step)
{
	(void)step;
	return 0;
}

#endif
#endif
