/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults on demand, for tests. Only ./configure --enable-fault-injection compiles them in.
 *
 * Every step of a SET that can fail calls fault_here(). The environment variable FWMARK_FAULTS
 * names a file. When a SET begins and the file exists, it is read and removed. It holds numbers:
 * first an errno, then the steps that fail with it, counted from 1; the steps of an undo count,
 * too. Every step is then written as a line to a second file, whose name has ".passed" at its end.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stdbool.h>

#ifdef FAULT_INJECTION

/* For the beginning of a SET: reads which steps are to fail, and counts from 1. */
void fault_load(void);
/* Switches counting on while a SET is carried out or undone: the steps of nothing else count. */
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
