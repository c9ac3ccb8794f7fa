/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/fault.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FAULTS_MAX = 8 };

static struct {
	int err, which[FAULTS_MAX], n;
	int passed;
	bool watched;
} faults;

void fault_load(void)
{
	const char *path = getenv("FWMARK_FAULTS");
	FILE *f = path ? fopen(path, "re") : NULL;

	faults.n = faults.passed = 0;
	if (!f)
		return;
	if (fscanf(f, "%d", &faults.err) == 1)
		while (faults.n < FAULTS_MAX && fscanf(f, "%d", &faults.which[faults.n]) == 1)
			faults.n++;
	fclose(f);
	unlink(path);
}

void fault_watch(bool on)
{
	faults.watched = on;
}

static void tell(const char *step, bool fails)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s.passed", getenv("FWMARK_FAULTS"));
	f = fopen(path, "ae");
	if (!f)
		return;
	fprintf(f, "%d %s%s\n", faults.passed, step, fails ? ": fails" : "");
	fclose(f);
}

int fault_here(const char *step)
{
	bool fails = false;

	if (!faults.watched || !faults.n)
		return 0;
	faults.passed++;
	for (int i = 0; i < faults.n; i++)
		fails |= faults.which[i] == faults.passed;
	tell(step, fails);
	errno = faults.err;
	return fails ? -faults.err : 0;
}
