#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The commands of README.md that install fwmarkd and configure snmpd, to the letter and in their order,
# on a machine that is there for that only (root_run): after them snmpd and fwmarkd answer. What it asks
# of systemd is not done here, where none runs.
set -eu

cd "$(dirname "$0")/../.."
. conf/packages.sh
[ -f /etc/apt/apt.conf.d/90fresh ] || { echo "not on this machine: it would be changed" >&2; exit 1; }
temporary=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || :; rm -rf "$temporary"' EXIT

sudo() { "$@"; }
systemctl() { echo "not here: systemctl $*"; }

# section TITLE: its lines that are indented, with an empty one between blocks.
section() {
	awk -v title="## $1" '
		/^## / { on = $0 == title }
		on && /^    / { print substr($0, 5) }
		on && !/^    / { print "" }' README.md
}

# Blocks of commands, that is: not those of lines of a file.
for title in Install "Configure snmpd"; do
	section "$title" | awk 'BEGIN { RS = ""; ORS = "\n" } /^sudo / { print }'
done >"$temporary/commands"
cat "$temporary/commands"

# The packages are those that the other ways install, all of them and no more.
sed -n '/^sudo apt install/,/[^\\]$/p' "$temporary/commands" | tr -s '\\ \n' '\n' | sed 1,3d |
	LC_ALL=C sort >"$temporary/in-readme"
# shellcheck disable=SC2086 # words
printf '%s\n' $PACKAGES_BUILD $PACKAGES_RUN | LC_ALL=C sort >"$temporary/needed"
diff "$temporary/needed" "$temporary/in-readme"

# The names for SNMP commands, once and for all.
section "Names in SNMP commands" | grep '^mibs\|^mibdirs' >"$temporary/snmp.local.conf"

. "$temporary/commands"
install -m 644 "$temporary/snmp.local.conf" /etc/snmp/

# What systemd would do: first the lines for snmpd of README.md, then the unit that was installed.
unit() {
	sed -n "s/^$1=//p" /lib/systemd/system/fwmarkd.service
}

# capabilities SETTING: as setpriv has them.
capabilities() {
	echo "-all,$(unit "$1" | sed 's/CAP_/+/g' | tr 'A-Z ' 'a-z,')"
}

# What "-v3 ..." stands for.
v3=$(section "Names in SNMP commands" | grep '^-v3')

answers() {
	eval "snmpget $v3 -t 1 -r 0 localhost $1" | grep -q ' = Timeticks'
}

# wait_for COMMAND...
wait_for() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 50 ] || return
		sleep 0.2
	done
}

# shellcheck disable=SC2046,SC2091 # the command itself
$(section "Configure snmpd" | sed -e ':a' -e '/\\$/N; s/\\\n//; ta' | sed -n 's/^ExecStart=\(.\)/\1/p') &
wait_for answers .1.3.6.1.2.1.1.3.0 # sysUpTime
systemd-tmpfiles --create fwmarkd.conf
install -d -o fwmarkd -g fwmarkd -m "$(unit StateDirectoryMode)" "/var/lib/$(unit StateDirectory)"
# shellcheck disable=SC2046 # words
setpriv --reuid="$(unit User)" --regid="$(unit Group)" --init-groups --no-new-privs \
	--inh-caps="$(capabilities AmbientCapabilities)" --ambient-caps="$(capabilities AmbientCapabilities)" \
	--bounding-set="$(capabilities CapabilityBoundingSet)" $(unit ExecStart) &
wait_for answers fwmarkAgentUpTime.0
eval "snmpset $v3 -t 30 -r 0 localhost fwmarkRuleMark.1 u 1 fwmarkRuleStatus.1 i createAndGo"
iptables-legacy -t mangle -S | grep fwmark:1
