/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Without -f. daemon(3) lets go of the terminal and of whoever waits before anything has been tried,
 * and leaves the directory that relative names of files are meant from. */
#ifndef DAEMON_BACKGROUND_H
#define DAEMON_BACKGROUND_H

#include "base/why.h"

/* The caller goes on in a new process; the old one waits for background_ready() and ends with status
 * 0, or ends with the new one's status. Returns: 0 or -errno with @why. */
int background_begin(struct why *why);
/* All is well: lets go of the terminal. */
void background_ready(void);

#endif
