/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "routing/sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/text.h"

enum { PATH_SIZE = 96, NUMBER_SIZE = 32 };

static const char *const files[] = {
	[SYSCTL_RP_FILTER] = "rp_filter",
	[SYSCTL_SRC_VALID_MARK] = "src_valid_mark",
	[SYSCTL_FORWARDING] = "forwarding",
};

/* Would the kernel make a directory of that name for an interface
 * (sysctl_dev_name_is_allowed() of include/linux/inetdevice.h)? */
static int name_is_fine(const char *name)
{
	return text_is_ifname(name) && strcmp(name, "all") != 0 && strcmp(name, "default") != 0;
}

static int path_of(char *path, const char *ifname, enum sysctl_conf conf)
{
	if (ifname && !name_is_fine(ifname))
		return -ENODEV;
	snprintf(path, PATH_SIZE, "/proc/sys/net/ipv4/conf/%s/%s", ifname ? ifname : "all",
		 files[conf]);
	return 0;
}

/* The file disappears with its interface, even while it is open (proc_sys_call_handler()). */
static int error_of(int err)
{
	return err == ENOENT ? -ENODEV : -err;
}

static int file_open(const char *ifname, enum sysctl_conf conf, int flags, int *fd)
{
	char path[PATH_SIZE];
	int err = path_of(path, ifname, conf);

	if (err)
		return err;
	*fd = open(path, flags | O_CLOEXEC);
	return *fd < 0 ? error_of(errno) : 0;
}

static int parse(const char *s, int *value)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(s, &end, 10);
	if (end == s || (*end && *end != '\n') || errno || n < INT_MIN || n > INT_MAX)
		return -ERANGE;
	*value = (int)n;
	return 0;
}

int sysctl_get(const char *ifname, enum sysctl_conf conf, int *value)
{
	char buf[NUMBER_SIZE];
	int fd, err = file_open(ifname, conf, O_RDONLY, &fd);
	ssize_t n;

	if (err)
		return err;
	n = read(fd, buf, sizeof(buf) - 1);
	if (n < 0)
		err = error_of(errno);
	close(fd);
	if (err)
		return err;
	buf[n] = '\0';
	return parse(buf, value);
}

int sysctl_set(const char *ifname, enum sysctl_conf conf, int value)
{
	char buf[NUMBER_SIZE];
	int len = snprintf(buf, sizeof(buf), "%d\n", value);
	int fd, err = file_open(ifname, conf, O_WRONLY, &fd);
	ssize_t n;

	if (err)
		return err;
	n = fault_here("sysctl") ? -1 : write(fd, buf, (size_t)len);
	if (n != len)
		err = n < 0 ? error_of(errno) : -EIO;
	close(fd);
	return err;
}

int sysctl_may_set(const char *ifname, enum sysctl_conf conf)
{
	int fd, err = file_open(ifname, conf, O_WRONLY, &fd);

	if (err)
		return err;
	close(fd);
	return 0;
}
