/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef APP_DAEMON_H
#define APP_DAEMON_H

#include <signal.h>

#include "app/app.h"

/* Everything that does not need SNMP: state, kernel, views; puts back what is missing.
 * app_stop() is fine after a failed start. Returns: 0 or -errno with @why. */
int app_start(struct app *a, const struct conf *conf, struct why *why);

/* Serves until @stop is set. Returns: 0 or -errno with @why. */
int app_run(struct app *a, const volatile sig_atomic_t *stop, struct why *why);

/* Saves the state and frees everything; the kernel keeps what it has. */
void app_stop(struct app *a);

#endif
