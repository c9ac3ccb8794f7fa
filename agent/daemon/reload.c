/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SIGHUP: what other settings change at once. */
#include <string.h>

#include "base/log.h"
#include "daemon/daemon.h"
#include "plan/plan.h"

int app_reload(struct app *a, const struct conf *conf, struct why *why)
{
	const struct conf old = a->conf;
	struct text later = TEXT_INIT;
	int err;

	/* That setting waits for a restart. */
	static_rows_protocol(conf->rows, (uint8_t)a->conf.protocol);
	conf_change(&a->conf, conf, &later);
	app_nf_options(a);
	err = routes_exclude(a);
	if (err)
		why_set(why, err, "routes.exclude_tables: %s", strerror(-err));
	else if ((err = static_rows_change(a, conf->rows, why))) {
		a->conf = old;
		routes_exclude(a);
	}
	if (err) {
		a->conf = old;
		app_nf_options(a);
		text_fini(&later);
		return err;
	}
	log_open("fwmarkd", a->conf.log_syslog, conf_log_level(&a->conf));
	a->rules.row_at.index = 0; /* foreign rows may have another storage type */
	a->reasserted = 0;	   /* reassert.c looks again, in case it may now */
	log_info("settings read anew");
	if (later.len)
		log_warn("%s: changed, and stays as it was until fwmarkd is restarted",
			 text_str(&later));
	text_fini(&later);
	return 0;
}
