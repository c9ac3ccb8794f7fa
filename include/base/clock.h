/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Returns: milliseconds of CLOCK_MONOTONIC: for ages and deadlines. */
uint64_t clock_ms(void);
/* Returns: microseconds of the same clock. */
uint64_t clock_us(void);
/* Returns: how many microseconds of a processor's time this process has had. */
uint64_t clock_cpu_us(void);

#endif
