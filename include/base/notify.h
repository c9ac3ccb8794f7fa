/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_NOTIFY_H
#define BASE_NOTIFY_H

/* Tells who has started us that we are ready, if he wants to know: systemd with Type=notify.
 * Returns: 0, also when nobody does; -errno. */
int notify_ready(void);

#endif
