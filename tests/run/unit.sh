#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# unit.sh start|stop|restart NAME: does with the installed unit NAME.service what systemd would, where
# that does not run: the user, the capabilities, the state directory, what comes before. The sandbox is
# left out: tests/netns/unit.sh has it, and the stage `kernels` has systemd itself.
set -eu

action=$1 name=$2
file=/usr/lib/systemd/system/$name.service
run=/run/unit.$name

# unit SETTING: its values, all of them.
unit() {
	sed -n "s/^$1=//p" "$file"
}

# capabilities SETTING: as setpriv has them.
capabilities() {
	echo "-all,$(unit "$1" | tr ' ' '\n' | sed 's/^CAP_/+/' | tr 'A-Z\n' 'a-z,')" | sed 's/,$//'
}

start() {
	! running || return 0
	unit ExecStartPre | sed 's/^+//' | sh -e
	command=$(unit ExecStart)
	if [ "$(unit User)" ]; then
		install -d -o "$(unit User)" -g "$(unit Group)" -m "$(unit StateDirectoryMode)" \
			"/var/lib/$(unit StateDirectory)"
		command="setpriv --reuid=$(unit User) --regid=$(unit Group) --init-groups \
			--inh-caps=$(capabilities AmbientCapabilities) \
			--ambient-caps=$(capabilities AmbientCapabilities) \
			--bounding-set=$(capabilities CapabilityBoundingSet) --no-new-privs $command"
	fi
	# shellcheck disable=SC2086 # words
	setsid $command >>"$run.log" 2>&1 </dev/null &
	echo $! >"$run.pid"
}

running() {
	[ -f "$run.pid" ] && kill -0 "$(cat "$run.pid")" 2>/dev/null
}

stop() {
	running || return 0
	kill "$(cat "$run.pid")"
	tries=0
	while running; do
		[ $tries -lt 300 ] || { echo "$name does not end" >&2; exit 1; }
		tries=$((tries + 1))
		sleep 0.1
	done
	rm -f "$run.pid"
}

case $action in
restart) stop && start ;;
start | stop) "$action" ;;
*) exit 2 ;;
esac
