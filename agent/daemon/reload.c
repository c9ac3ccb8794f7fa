/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SIGHUP: gives other settings to a running instance. */
#include <string.h>

#include "instance.h"

int instance_reload(struct instance *in, const struct conf *conf, struct text *later,
		    struct why *why)
{
	const struct conf old = in->conf;
	int err;

	views_begin(&in->views, false, false);
	/* provisioning.protocol waits for a restart: static rows get the old one until then. */
	static_rows_protocol(conf->rows, (uint8_t)in->conf.protocol);
	conf_change(&in->conf, conf, later);
	views_options_changed(&in->views);
	err = routes_exclude(&in->views);
	if (err) {
		why_set(why, err, EXCLUDE_TABLES ": %s", strerror(-err));
	} else if ((err = static_rows_change(&in->plan, conf->rows, why))) {
		in->conf = old;
		routes_exclude(&in->views);
	}
	if (err) {
		in->conf = old;
		views_options_changed(&in->views);
		return err;
	}
	in->views.rules.row_at.index = 0; /* foreign rows may have another storage type */
	in->plan.reasserted = 0;	  /* so that reassert.c looks again */
	reassert_now(&in->plan);
	return 0;
}
