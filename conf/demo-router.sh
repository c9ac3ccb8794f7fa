# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What conf/demo.sh does inside the router's namespaces, and how it shows it.

WRITER="-v3 -l authPriv -u fwmark-writer -a SHA-256 -A authentication -x AES -X confidential"
# A SET is done once, however long it takes: the tools' default is to send it again after a second.
WRITER="$WRITER -t 30 -r 0"

# client_environment: SNMP commands find the modules and the user by themselves.
client_environment() {
	export SNMPCONFPATH="$WORK/client" SNMP_PERSISTENT_DIR="$WORK/client"
	export MIBS=FWMARK-MIB MIBDIRS="$TOP/mibs:/usr/share/snmp/mibs:$TOP/mibs/compat"
}

title() {
	printf '\n%s\n%s\n' "$1" "$(printf '%s' "$1" | sed 's/./-/g')"
}

# run COMMAND...: shows the command and what it prints.
run() {
	printf '  # %s\n' "$*"
	"$@" 2>&1 | sed 's/^/  /'
}

start_snmpd() {
	mkdir "$WORK/client" "$WORK/snmpd" "$WORK/agent"
	{
		sed -e "s|/var/agentx/master|$WORK/agentx|" -e '/^agentXPerms/d' "$TOP/conf/snmpd.conf.example"
		echo 'createUser fwmark-writer SHA-256 "authentication" AES "confidential"'
	} >"$WORK/snmpd.conf"
	# So that the commands that we show can be short.
	cat >"$WORK/client/snmp.conf" <<-END
		defVersion 3
		defSecurityName fwmark-writer
		defSecurityLevel authPriv
		defAuthType SHA-256
		defAuthPassphrase authentication
		defPrivType AES
		defPrivPassphrase confidential
		timeout 30
		retries 0
	END
	MIBS='' SNMP_PERSISTENT_DIR=$WORK/snmpd snmpd -f -LE 4 -C -c "$WORK/snmpd.conf" \
		-I -smux,mteTrigger,mteTriggerConf,ipCidrRouteTable,inetCidrRouteTable \
		udp:127.0.0.1:161 >"$WORK/snmpd.log" 2>&1 &
}

start_fwmarkd() {
	printf 'state: { directory = "%s"; };\n' "$WORK/agent" >"$WORK/fwmarkd.conf"
	"$FWMARKD" -f -c "$WORK/fwmarkd.conf" -x "$WORK/agentx" >"$WORK/fwmarkd.log" 2>&1 &
	tries=0
	until snmpget -Oqv -t "$FWMARK_SLOW" -r 0 127.0.0.1 fwmarkAgentUpTime.0 2>/dev/null | grep -q '^[0-9]'; do
		tries=$((tries + 1))
		if [ $tries -ge $((150 * FWMARK_SLOW)) ]; then
			echo "fwmarkd does not answer" >&2
			cat "$WORK/snmpd.log" "$WORK/fwmarkd.log" >&2
			return 1
		fi
		sleep 0.1
	done
}

# connect WHAT PORT EXPECTED: one connection from the inside, and which way it went.
connect() {
	went=$(way "$SERVER4" "$2")
	printf '  %-5s to %s port %-3s -> the %s uplink\n' "$1" "$SERVER4" "$2" "${went:-no}"
	[ "$went" = "$3" ] || { echo "  this should have been the $3 uplink" >&2; exit 1; }
}

connections() {
	for _ in 1 2 3; do
		connect mail 25 "$1"
		connect web 80 fast
	done
}

# counters WHEN: of the mark, by SNMP and as netfilter has them.
counters() {
	# shellcheck disable=SC2046 # words
	set -- "$1" $(snmpget -OqvU 127.0.0.1 fwmarkMarkHCPackets.1.4294967295 \
		fwmarkMarkHCBytes.1.4294967295) \
		$(iptables-legacy -t mangle -nvxL PREROUTING | awk '$3 == "MARK" { print $1, $2 }')
	printf '  %-8s fwmarkMarkHCPackets %4s  fwmarkMarkHCBytes %6s\n' "$1" "$2" "$3"
	printf '  %-8s iptables-legacy     %4s                    %6s\n' '' "$4" "$5"
}

show_question() {
	title "The network"
	cat <<-END
	                            router
	    inside ------------- eth0    eth1 --------------- fast  (192.0.2.1)
	    192.168.1.10               ppp0 ----------------- cheap (195.96.98.253)

	  All of it is in network namespaces; $SERVER4 is a server behind both uplinks, which says by
	  which one a connection came.
	END
	title "Before: everything goes by the fast uplink"
	connections fast
}

show_answer() {
	title "Asked: mail by the cheap uplink, please. One snmpset, all of it or nothing"
	echo "  # snmpset $WRITER \\"
	echo "        127.0.0.1 \\"
	lartc_varbinds | sed 's/^/        /; $!s/$/ \\/'
	# shellcheck disable=SC2046,SC2086 # words
	snmpset $WRITER 127.0.0.1 $(lartc_varbinds) >"$WORK/answer" 2>&1 || {
		cat "$WORK/answer" >&2
		snmpget -Oqv 127.0.0.1 fwmarkAgentLastError.0 >&2
		return 1
	}
	title "What the kernel now holds"
	run iptables-legacy -t mangle -S PREROUTING
	run ip rule
	run ip route show table mail.out
}

show_traffic() {
	title "Mail and web, counted"
	counters before
	connections cheap
	counters after
	title "The chain from rule to route, by SNMP"
	for object in fwmarkRuleText fwmarkMarkFibId fwmarkPolicyText.1 fwmarkFibName.201 \
		fwmarkRouteText.201; do
		run snmpwalk -OsQ 127.0.0.1 "$object"
	done
}

# router_main KEEP: runs as pid 1 of the namespaces; whatever it starts ends with it.
router_main() {
	in_private_namespaces || exit 1
	exec >"$WORK/shown" 2>&1
	private_mounts
	client_environment
	topology
	topology_serve fast 25 80
	topology_serve cheap 25 80
	start_snmpd
	start_fwmarkd
	show_question
	show_answer
	show_traffic
	[ "$1" ] || return 0
	: >"$WORK/all-shown"
	exec >/dev/null 2>&1
	# Until it is killed.
	wait
}

say_how_to_look() {
	title "It stays. Look around in the router"
	cat <<-END
	  conf/demo.sh --in snmpwalk 127.0.0.1 fwmarkObjects
	  conf/demo.sh --in snmpset 127.0.0.1 fwmarkRuleDestinationPortTo.1 u 80
	  conf/demo.sh --in snmpget 127.0.0.1 fwmarkAgentLastError.0
	  conf/demo.sh --in iptables-legacy -t mangle -nvxL PREROUTING
	  conf/demo.sh --in ip rule
	  conf/demo.sh --in ip netns exec inside socat - TCP:$SERVER4:25
	  conf/demo.sh --in sh

	The end: conf/demo.sh --stop
	END
}
