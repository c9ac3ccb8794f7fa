/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "privileges.h"

#include <cap-ng.h>
#include <errno.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

static const struct {
	unsigned cap;
	const char *name, *without;
} needed[] = {
	{ CAP_NET_ADMIN, "CAP_NET_ADMIN", "nothing can be changed" },
	{ CAP_NET_RAW, "CAP_NET_RAW", "rules of netfilter cannot be read" },
};

enum { NEEDED = sizeof(needed) / sizeof(*needed) };

/* Which user to become: NULL for none. */
static int find_user(const struct conf *c, const struct passwd **user, struct why *why)
{
	*user = NULL;
	if (!c->user[0])
		return 0;
	errno = 0;
	*user = getpwnam(c->user);
	if (!*user && errno)
		return why_set(why, -errno, "process.user: %s: %s", c->user, strerror(errno));
	if (!*user)
		return why_set(why, -EINVAL, "process.user: there is no user %s", c->user);
	if ((*user)->pw_uid == geteuid())
		*user = NULL; /* systemd did that: User= in the unit */
	else if (geteuid())
		return why_set(why, -EPERM, "process.user: only root can become %s", c->user);
	return 0;
}

/* Makes the state directory, which the user could not make. One that is there keeps its owner. */
static int make_state_dir(const char *path, const struct passwd *user, struct why *why)
{
	if (!user)
		return 0;
	if ((mkdir(path, 0700) || chown(path, user->pw_uid, user->pw_gid)) && errno != EEXIST)
		return why_set(why, -errno, "%s: %s", path, strerror(errno));
	return 0;
}

/* Chooses, for libcap-ng, the capabilities that are needed and there, and an empty bounding set.
 * @setpcap: may the bounding set be changed? */
static int choose_capabilities(bool listens, bool *setpcap, struct why *why)
{
	bool have[NEEDED], bind;

	if (capng_get_caps_process())
		return why_set(why, -EPERM, "capabilities: they cannot be read");
	*setpcap = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);
	for (size_t i = 0; i < NEEDED; i++)
		have[i] = capng_have_capability(CAPNG_PERMITTED, needed[i].cap);
	bind = listens && capng_have_capability(CAPNG_PERMITTED, CAP_NET_BIND_SERVICE);
	capng_clear(CAPNG_SELECT_BOTH);
	for (size_t i = 0; i < NEEDED; i++) {
		if (have[i])
			capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, needed[i].cap);
		else
			log_warn("there is no %s: %s", needed[i].name, needed[i].without);
	}
	if (bind)
		capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_NET_BIND_SERVICE);
	return 0;
}

int privileges_drop(const struct conf *c, struct why *why)
{
	const struct passwd *user;
	int flags = CAPNG_INIT_SUPP_GRP;
	bool setpcap = false;
	int err = find_user(c, &user, why);

	if (!err)
		err = make_state_dir(c->state_dir, user, why);
	if (!err)
		err = choose_capabilities(c->standalone_address[0], &setpcap, why);
	if (err)
		return err;
	/* Asked for the bounding set without CAP_SETPCAP (as the unit starts fwmarkd), libcap-ng
	 * 0.8.5 fails: capng_apply() with -4, capng_change_id() with -3. That set may stay: fwmarkd
	 * runs no program that could gain from it. */
	if (setpcap)
		flags |= CAPNG_CLEAR_BOUNDING;
	if (user)
		err = capng_change_id((int)user->pw_uid, (int)user->pw_gid, flags);
	else
		err = capng_apply(setpcap ? CAPNG_SELECT_BOTH : CAPNG_SELECT_CAPS);
	if (err)
		return why_set(why, -EPERM, "libcap-ng cannot %s (%d)",
			       user ? "change the user" : "drop capabilities", err);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return why_set(why, -errno, "no_new_privs: %s", strerror(errno));
	return 0;
}

int privileges_look(struct why *why)
{
	if (capng_get_caps_process() || !capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_RAW))
		return why_set(why, -EPERM,
			       "rules of netfilter cannot be read without CAP_NET_RAW: be root");
	return 0;
}

int privileges_listening(struct why *why)
{
	if (capng_get_caps_process() ||
	    capng_update(CAPNG_DROP, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_NET_BIND_SERVICE) ||
	    capng_apply(CAPNG_SELECT_CAPS))
		return why_set(why, -EPERM, "libcap-ng cannot drop CAP_NET_BIND_SERVICE");
	return 0;
}
