/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/app.h"

void views_init(struct app *a)
{
	rules_init(a);
	marks_init(a);
	meters_init(a);
	policies_init(a);
	fibs_init(a);
	routes_init(a);
}

void views_fini(struct app *a)
{
	routes_fini(a);
	fibs_fini(a);
	policies_fini(a);
	marks_fini(a);
	meters_fini(a);
	rules_fini(a);
}
