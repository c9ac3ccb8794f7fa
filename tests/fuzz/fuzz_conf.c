/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as fwmarkd.conf. What is refused is refused with a sentence that names the file; what
 * is accepted is within its bounds. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/conf.h"
#include "store/static_rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* Strings of a file with a syntax error are lost in the parser of libconfig 1.5. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig\n";
}

/* Rows that are accepted are written and read again, and are the same. */
static void write_and_read(const struct static_rows *rows)
{
	struct text first = TEXT_INIT, second = TEXT_INIT;
	struct static_rows *again = NULL;
	struct why why = { "" };
	config_t cfg;

	static_rows_write(rows, &first);
	config_init(&cfg);
	if (!config_read_string(&cfg, text_str(&first)) ||
	    static_rows_read(config_root_setting(&cfg), "again", 161, &again, &why))
		abort();
	static_rows_write(again, &second);
	if (strcmp(text_str(&first), text_str(&second)) != 0)
		abort();
	static_rows_unref(again);
	config_destroy(&cfg);
	text_fini(&first);
	text_fini(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct why why = { "" };
	struct conf c;
	char file[64];
	int fd, err;

	/* Other files are not this one's fault: /dev/zero has no end. */
	if (memmem(data, size, "@include", 8))
		return 0;
	fd = memfd_create("conf", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(file, sizeof(file), "/proc/self/fd/%d", fd);
	err = conf_load(file, &c, &why);
	close(fd);
	if (err ? strncmp(why.s, file, strlen(file)) != 0 : why.s[0] != '\0')
		abort();
	if (err)
		return 0;
	if (c.agentx_ping_s < 1 || c.agentx_ping_s > 3600 || c.protocol < 5 || c.protocol > 255 ||
	    c.read.lock_wait_ms > 10000 || c.read.get_age_ms > 60000 || c.read.walk_age_ms > 60000)
		abort();
	if (!c.agentx_socket[0] || !c.state_dir[0] || conf_log_level(&c) < 0)
		abort();
	if (c.rows)
		write_and_read(c.rows);
	conf_fini(&c);
	return 0;
}
