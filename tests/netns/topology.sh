# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# The network of LARTC chapter 11, in namespaces; sourced by tests/netns/lib.sh and conf/demo.sh.
#
#	                       router                  fast     both are 203.0.113.25 (server):
#	inside ---------- eth0        eth1 ----------- fast     who answers a connection tells
#	192.168.1.10              ppp0 --------------- cheap    which way it went
#
# The router is the namespace that the caller is in: it must be one of its own, with its own
# mounts and a tmpfs on /run (see private_namespaces and private_mounts), where nothing of the
# host can be touched.

# On a machine that is so many times slower (an emulator) deadlines are so many times longer.
: "${FWMARK_SLOW:=1}"

INSIDE4=192.168.1.10	# the client
EXCEPTED4=192.168.1.20	# another address of the client, for exceptions
INSIDE6=2001:db8:1::10
EXCEPTED6=2001:db8:1::20
FAST4=192.0.2.1		# the gateways
FAST6=2001:db8:fa::1
CHEAP4=195.96.98.253
CHEAP6=2001:db8:c::1
SERVER4=203.0.113.25
SERVER6=2001:db8:5e::25

# private_namespaces COMMAND...: runs it in namespaces of its own that end with it. The variable
# proves to the command that it is there, also when somebody has exported it by mistake.
private_namespaces() {
	FWMARK_OUTSIDE=$(namespaces_here)
	export FWMARK_OUTSIDE
	user=
	[ "$(id -u)" = 0 ] || user=--map-root-user
	exec unshare $user --mount --net --pid --fork --kill-child --mount-proc -- "$@"
}

# in_private_namespaces: are we where private_namespaces brings us?
in_private_namespaces() {
	[ -n "${FWMARK_OUTSIDE:-}" ] || return 1
	here=$(namespaces_here)
	[ "${here%% *}" != "${FWMARK_OUTSIDE%% *}" ] && [ "${here##* }" != "${FWMARK_OUTSIDE##* }" ]
}

namespaces_here() {
	# shellcheck disable=SC2005,SC2046 # two lines become two words
	echo $(readlink /proc/self/ns/net /proc/self/ns/mnt)
}

# private_mounts: empty or copied directories over those that the programs under test write to.
private_mounts() {
	in_private_namespaces || { echo "not in private namespaces" >&2; exit 1; }
	mount -t tmpfs -o mode=755 tmpfs /run &&
	mkdir -p /run/.private/etc/iproute2 /run/.private/var/lib/fwmarkd /run/.private/var/lib/snmp &&
	{ ! [ -d /etc/iproute2 ] || cp -a /etc/iproute2/. /run/.private/etc/iproute2; } && # Debian 13 has none
	private_directory /etc/iproute2 &&
	private_directory /var/lib/fwmarkd &&
	private_directory /var/lib/snmp
}

# private_directory DIRECTORY: the one of /run/.private over it. A directory that the host lacks is made in
# an overlay over its parent, not on the host.
private_directory() {
	over=/run/.overlay${1%/*}
	if ! [ -d "$1" ]; then
		mkdir -p "$over/upper${1#"${1%/*}"}" "$over/work" &&
		mount -t overlay -o "lowerdir=${1%/*},upperdir=$over/upper,workdir=$over/work" \
			overlay "${1%/*}" || return
	fi
	mount --bind "/run/.private$1" "$1"
}

# topology: the router, the inside, the two uplinks, and a main table that goes by the fast one.
topology() {
	# New interfaces inherit these: addresses usable at once (no duplicate address detection),
	# no address by advertisement, no reverse path filter.
	for conf in ipv6/conf/default/accept_dad=0 ipv6/conf/default/accept_ra=0 \
		ipv4/conf/all/rp_filter=0 ipv4/conf/default/rp_filter=0 \
		ipv4/ip_forward=1 ipv6/conf/all/forwarding=1; do
		echo "${conf#*=}" >"/proc/sys/net/${conf%=*}"
	done
	ip -batch - <<-END
		link set lo up
		$(topology_link inside eth0 192.168.1.1/24 2001:db8:1::1/64)
		$(topology_link fast eth1 192.0.2.2/24 2001:db8:fa::2/64)
		$(topology_link cheap ppp0 195.96.98.254/30 2001:db8:c::2/64)
	END
	topology_batch inside <<-END
		address add $INSIDE4/24 dev eth0
		address add $EXCEPTED4/24 dev eth0
		address add $INSIDE6/64 dev eth0
		address add $EXCEPTED6/64 dev eth0
		link set lo up
		link set eth0 up
		route add default via 192.168.1.1
		route add default via 2001:db8:1::1
	END
	topology_provider fast 192.0.2.2/24 $FAST4 2001:db8:fa::2/64 $FAST6
	topology_provider cheap 195.96.98.254/30 $CHEAP4 2001:db8:c::2/64 $CHEAP6
	ip -batch - <<-END
		route add default via $FAST4 dev eth1
		route add default via $FAST6 dev eth1
	END
	# What comes back over ppp0 has a source that the main table reaches over eth1: a strict
	# filter would drop it, loose is what LARTC routers need.
	echo 2 >/proc/sys/net/ipv4/conf/ppp0/rp_filter
	topology_settle 3
}

# topology_link NAME DEVICE ADDRESS4/LENGTH ADDRESS6/LENGTH: lines for ip -batch: a namespace behind DEVICE
# of the router.
topology_link() {
	printf '%s\n' "netns add $1" "link add $2 type veth peer name eth0 netns $1" \
		"address add $3 dev $2" "address add $4 dev $2" "link set $2 up"
}

# topology_batch NAME: the lines of standard input for ip, in that namespace; its addresses are usable at
# once.
topology_batch() {
	# shellcheck disable=SC2016 # the inner shell's
	ip netns exec "$1" sh -c 'for conf in default eth0; do
		echo 0 >/proc/sys/net/ipv6/conf/$conf/accept_dad
	done
	exec ip -batch -'
}

# ifindex DEVICE: its number here. /sys has the devices of the namespace that it was mounted in.
ifindex() {
	set -- "$(ip -o link show dev "$1")"
	echo "${1%%:*}"
}

# topology_settle N: waits until N devices have the routes that come with carrier.
topology_settle() {
	tries=0
	until [ "$(topology_routes)" -eq $(($1 * 2)) ]; do
		tries=$((tries + 1))
		[ $tries -lt $((100 * FWMARK_SLOW)) ] || { echo "topology: no carrier" >&2; return 1; }
		sleep 0.05
	done
}

topology_routes() {
	ip -6 route show table all | {
		routes=0
		while read -r type to _; do
			case "$type $to" in
			'fe80::/64 '* | 'multicast ff00::/8') routes=$((routes + 1)) ;;
			esac
		done
		echo $routes
	}
}

# topology_uplink NAME DEVICE ADDRESS4/LENGTH GATEWAY4 ADDRESS6/LENGTH GATEWAY6: another provider,
# in a namespace called NAME, behind DEVICE of the router.
topology_uplink() {
	topology_link "$1" "$2" "$3" "$5" | ip -batch -
	topology_provider "$1" "$3" "$4" "$5" "$6"
}

# topology_provider NAME ADDRESS4/LENGTH GATEWAY4 ADDRESS6/LENGTH GATEWAY6: what is in there.
topology_provider() {
	topology_batch "$1" <<-END
		address add $3/${2#*/} dev eth0
		address add $5/${4#*/} dev eth0
		address add $SERVER4/32 dev lo
		address add $SERVER6/128 dev lo
		link set lo up
		link set eth0 up
		route add 192.168.1.0/24 via ${2%/*}
		route add 2001:db8:1::/64 via ${4%/*}
	END
}

# topology_serve NAME PORT...: the server in that provider's namespace listens on these TCP ports
# and says by which provider a connection came, and from which address.
topology_serve() {
	where=$1
	shift
	for port in "$@"; do
		for listen in "TCP4-LISTEN:$port" "TCP6-LISTEN:$port,ipv6only"; do
			ip netns exec "$where" socat "$listen,fork,reuseaddr,backlog=64" \
				SYSTEM:"echo via $where from \$SOCAT_PEERADDR" >/dev/null 2>&1 &
		done
	done
	tries=0
	for port in "$@"; do
		until [ "$(ip netns exec "$where" ss -Hltn "sport = :$port" | wc -l)" -ge 2 ]; do
			tries=$((tries + 1))
			[ $tries -lt $((200 * FWMARK_SLOW)) ] || return 1
			sleep 0.05
		done
	done
}

# ask ADDRESS PORT [SOCAT OPTIONS]: connects from the inside and prints the whole answer,
# "via cheap from 192.168.1.10", or nothing when there was none within two seconds.
ask() {
	case $1 in
	*:*) to="TCP6:[$1]:$2" ;;
	*) to="TCP4:$1:$2" ;;
	esac
	ip netns exec inside socat -u -T$((3 * FWMARK_SLOW)) \
		"$to,connect-timeout=$((2 * FWMARK_SLOW))${3:+,$3}" - 2>/dev/null || :
}

# way ADDRESS PORT [SOCAT OPTIONS]: prints which provider a connection went by, "fast" or "cheap".
way() {
	answer=$(ask "$@")
	answer=${answer#via }
	echo "${answer%% *}"
}

# lartc_varbinds: the whole of LARTC chapter 11 in one SET, as mib.md has it.
lartc_varbinds() {
	cat <<-END
		fwmarkFibName.201 s mail.out
		fwmarkFibStatus.201 i createAndGo
		fwmarkRouteGatewayType.201.1.4.0.0.0.0.0.0.1 i ipv4
		fwmarkRouteGateway.201.1.4.0.0.0.0.0.0.1 x C36062FD
		fwmarkRouteIfName.201.1.4.0.0.0.0.0.0.1 s ppp0
		fwmarkRouteStatus.201.1.4.0.0.0.0.0.0.1 i createAndGo
		fwmarkPolicyMark.1 u 1
		fwmarkPolicyFibId.1 u 201
		fwmarkPolicyStatus.1 i createAndGo
		fwmarkRuleInInterface.1 s eth0
		fwmarkRuleProtocol.1 u 6
		fwmarkRuleDestinationPortFrom.1 u 25
		fwmarkRuleDestinationPortTo.1 u 25
		fwmarkRuleMark.1 u 1
		fwmarkRuleStatus.1 i createAndGo
	END
}
