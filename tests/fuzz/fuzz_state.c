/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as the files of the state directory, "----" between one and the next: state, indices,
 * counts, journal; @BOOT is the boot that runs. What is accepted is saved and loaded again, and is the
 * same; what is not is refused with a sentence.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "store/counters.h"
#include "store/files.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* Strings of a file with a syntax error are lost in the parser of libconfig 1.5. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig\n";
}

static const char *const names[] = { "state", "indices", "counts", "journal" };
enum { NAMES = sizeof(names) / sizeof(*names) };
static char dir[] = "/dev/shm/fuzz_state.XXXXXX";
static char boot[STATE_BOOT_MAX];

static void go_away(void)
{
	char path[128];

	for (size_t i = 0; i < NAMES; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
		snprintf(path, sizeof(path), "%s/%s.damaged", dir, names[i]);
		unlink(path);
	}
}

static void remove_all(void)
{
	go_away();
	rmdir(dir);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	if (!mkdtemp(dir))
		abort();
	atexit(remove_all);
	log_open("fuzz", false, LOG_EMERG);
	state_boot(boot);
	return 0;
}

/* Writes what stands before the next "----", and returns what comes behind it. */
static const char *write_file(const char *name, const char *s, const char *end)
{
	const char *stop = memmem(s, (size_t)(end - s), "----", 4), *at;
	char path[128];
	FILE *f;

	stop = stop ? stop : end;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "we");
	if (!f)
		abort();
	while ((at = memmem(s, (size_t)(stop - s), "@BOOT", 5))) {
		fwrite(s, 1, (size_t)(at - s), f);
		fputs(boot, f);
		s = at + 5;
	}
	fwrite(s, 1, (size_t)(stop - s), f);
	fclose(f);
	return stop == end ? end : stop + 4;
}

static int64_t epoch;

static void start(struct store *store)
{
	store_init(store, dir, 161, &epoch);
}

static void saved(struct store *store, struct text *out)
{
	char path[128];
	struct why why;

	if (state_save(store, &why))
		abort();
	snprintf(path, sizeof(path), "%s/state", dir);
	if (text_add_file(out, path, STATE_FILE_MAX))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct store store;
	struct text first = TEXT_INIT, second = TEXT_INIT;
	const char *s = (const char *)data, *end = s + size;
	struct why why = { "" };
	int err;

	if (!size || memmem(data, size, "@include", 8))
		return 0;
	for (size_t i = 0; i < NAMES && s < end; i++)
		s = write_file(names[i], s, end);
	start(&store);
	err = state_load(&store, &why);
	if (err && !why.s[0])
		abort();
	saved(&store, &first);
	store_fini(&store);
	start(&store);
	if (state_load(&store, &why))
		abort();
	saved(&store, &second);
	if (strcmp(text_str(&first), text_str(&second)) != 0)
		abort();
	store_fini(&store);
	text_fini(&first);
	text_fini(&second);
	go_away();
	return 0;
}
