#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fwmarkd --check: what a start would change, without changing it.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology

# files: what there is, and of what age. A running fwmarkd writes its counts when it has time to.
files() {
	find "$WORK/state" /etc/iproute2 /run ${AGENT_PID:+! -name "counts*"} \
		\( -type d -printf '%p %m %u\n' -o -printf '%p %m %u %s %T@\n' \) 2>&1 | sort
}

# check STATUS: fwmarkd --check ends with it, and nothing has changed; what it says is in $WORK/out.
check() {
	kernel_state >"$WORK/before"
	files >"$WORK/files"
	modules >"$WORK/modules"
	status=0
	"$FWMARKD" --check -c "$AGENT_CONF" >"$WORK/out" 2>"$WORK/errors" || status=$?
	expect_eq "status of --check: $(cat "$WORK/out" "$WORK/errors")" "$1" "$status"
	kernel_state >"$WORK/after"
	expect_same "--check changes nothing" "$WORK/before" "$WORK/after"
	files >"$WORK/after"
	expect_same "--check writes nothing" "$WORK/files" "$WORK/after"
	modules >"$WORK/after"
	expect_same "--check loads no module" "$WORK/modules" "$WORK/after"
}

modules() { cut -d' ' -f1 /proc/modules 2>/dev/null | sort || :; }

says() { expect_match "--check" "^$1\$" "$(cat "$WORK/out")"; }

: >/run/xtables.lock
rm -f /etc/iproute2/rt_protos.d/fwmarkd.conf
{
	agent_conf
	cat <<-END
		fibs = ( { id = 201; name = "mail.out"; } );
		routes = ( { fibId = 201; gateway = "$CHEAP4"; ifName = "ppp0"; } );
		policies = ( { index = 1; priority = 1000; mark = 1; fibId = 201; } );
		rules = ( { index = 7; inInterface = "eth0"; protocol = 6;
			destinationPortFrom = 25; destinationPortTo = 25; mark = 1; } );
		marks = ( { value = 1; mask = 0xffffffff; name = "mail"; } );
	END
} >"$AGENT_CONF"

# Before the first start.
check 2
[ ! -e "$WORK/state" ] || fail "--check makes a state directory"
says '\+ table name: 201 mail\.out'
says "\\+ ip route, table 201: default via $CHEAP4 dev ppp0 proto 161"
says '\+ ip rule: 1000:	from all fwmark 0x1 lookup 201 proto 161'
says '\+ iptables -t mangle -A PREROUTING -i eth0 -p tcp .*--dport 25 .*"fwmark:7" -j MARK --set-xmark 0x1/0xffffffff'
says '\+ mark: 0x1/0xffffffff "mail"'
says '\+ protocol name: 161 fwmarkd'
expect_eq "lines" 6 "$(wc -l <"$WORK/out")"

# As it is, beside the running fwmarkd and after it.
start
check 0
snmp_set fwmarkPolicyMark.5 u 5 fwmarkPolicyPriority.5 u 500 fwmarkPolicyFibId.5 u 201 \
	fwmarkPolicyStatus.5 i createAndGo
check 0
expect_eq "output" "" "$(cat "$WORK/out")"
stop_agent
check 0

# What somebody took away, what is new in the file, what is different, what is gone from it.
ip rule del pref 500
sed -e 's/priority = 1000/priority = 1001/' -e 's/index = 7; inI/index = 8; mark = 8; }, { index = 7; inI/' \
	-e '/^marks/d' -e 's/"mail.out"/"post.out"/' "$AGENT_CONF" >"$WORK/changed"
cp "$WORK/changed" "$AGENT_CONF"
check 2
says '\+ ip rule: 500:.*fwmark 0x5 lookup mail\.out.*'
says '- ip rule: 1000:.*'
says '\+ ip rule: 1001:.*'
says '\+ iptables .*"fwmark:8" -j MARK --set-xmark 0x8/0xffffffff'
says '- mark: 0x1/0xffffffff "mail"'
says '- table name: 201 mail\.out'
says '\+ table name: 201 post\.out'
expect_eq "lines" 7 "$(wc -l <"$WORK/out")"
start_agent
check 0
stop_agent

# What cannot be done, and what is no configuration at all.
ip link set ppp0 down
check 2
says "\\+ ip route, table post\\.out: default via $CHEAP4 dev ppp0 proto fwmarkd"
ip link set ppp0 up
sed -i 's/chain//; s/index = 8;/index = 8; chain = "NOPE";/' "$AGENT_CONF"
check 2
says "! $AGENT_CONF:[0-9]*: rules: chain: there is no NOPE in table mangle of iptables"
echo 'colour = 1;' >>"$AGENT_CONF"
check 1
expect_match "message" 'colour: no such setting' "$(cat "$WORK/errors")"
{
	agent_conf
	echo 'policies = ( { index = 5; priority = 7; mark = 1; fibId = 201; } );'
} >"$AGENT_CONF"
check 2
says "! $AGENT_CONF:[0-9]*: policies: a manager has a row with this index, .*"

# Who cannot see everything says nothing wrong about it.
if command -v setpriv >/dev/null; then
	for option in --check --dump; do
		status=0
		setpriv --bounding-set=-net_raw --inh-caps=-net_raw "$FWMARKD" $option -c /dev/null \
			>"$WORK/out" 2>"$WORK/errors" || status=$?
		expect_eq "status of $option without CAP_NET_RAW" 1 "$status"
		expect_eq "output of $option without CAP_NET_RAW" "" "$(cat "$WORK/out")"
		expect_match "message" 'CAP_NET_RAW' "$(cat "$WORK/errors")"
	done
fi
