#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every kind of bad value in fwmarkFibTable, fwmarkMarkTable and the scalars is refused with the
# error that fits it.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

# What only few get to read of so many refusals: how many there are is in the log when a minute is over.
quiet_agent
# What others have written is shown, but for what a manager may not write.
mkdir -p /etc/iproute2/rt_tables.d
printf '310 odd\302\233name\n311 %s\n' "$(printf '%064d' 0)x" >/etc/iproute2/rt_tables.d/odd.conf
ip link add "$(printf 'o\302\205\001dd')" type veth peer name peer0
ip route add 10.9.0.0/16 dev lo table 311
start
expect_eq "a name that is too long" "$(printf '%061d' 0)..." "$(snmp_get fwmarkFibName.311)"
expect_match "a device with control characters" '^"?o\?\?dd"?$' \
	"$(snmp snmpwalk -Oqv fwmarkInterfaceName)"
snmp_set fwmarkFibName.201 s mail.out fwmarkFibStatus.201 i createAndGo \
	fwmarkMarkName.1.255 s one fwmarkMarkStatus.1.255 i createAndGo
long=$(printf '%065d' 0)
lock=$(snmp_get fwmarkAgentEditLock.0)
other=$((lock + 7))
export long other

refusals <<'END'
wrongType fwmarkFibName.201 /fwmarkFibName.201/ fwmarkFibName.201 i 1
wrongType fwmarkFibStorageType.201 /fwmarkFibStorageType.201/ fwmarkFibStorageType.201 u 3
wrongType fwmarkFibStatus.201 /fwmarkFibStatus.201/ fwmarkFibStatus.201 s destroy
wrongLength fwmarkFibName.201 /fwmarkFibName.201/ fwmarkFibName.201 s "$long"
wrongValue fwmarkFibName.201 /fwmarkFibName.201/ fwmarkFibName.201 s 'two words'
wrongValue fwmarkFibName.201 /fwmarkFibName.201/ fwmarkFibName.201 s '#comment'
wrongValue fwmarkFibName.201 /fwmarkFibName.201/ fwmarkFibName.201 x 6D0A6D
wrongValue fwmarkFibName.201 /fwmarkFibName.201/ fwmarkFibName.201 x 6D00
wrongValue fwmarkFibName.201 /fwmarkFibName.201/ fwmarkFibName.201 x FF6D
wrongValue fwmarkFibName.201 /fwmarkFibName.201/ fwmarkFibName.201 x 6DC29B324A
wrongValue fwmarkFibName.201 /fwmarkFibName.201/ fwmarkFibName.201 x 6DE280AE6D
wrongValue fwmarkFibName.201 /fwmarkFibName.201|number/ fwmarkFibName.201 s 12
wrongValue fwmarkFibStorageType.201 /fwmarkFibStorageType.201/ fwmarkFibStorageType.201 i 0
wrongValue fwmarkFibStatus.201 /fwmarkFibStatus.201/ fwmarkFibStatus.201 i 9
inconsistentValue fwmarkFibName.202 /mail\.out/ fwmarkFibName.202 s mail.out fwmarkFibStatus.202 i 4
inconsistentValue fwmarkFibName.202 /main/ fwmarkFibName.202 s main fwmarkFibStatus.202 i 4
inconsistentValue fwmarkFibStatus.201 /fwmarkFibStatus.201/ fwmarkFibStatus.201 i 4
inconsistentValue|inconsistentName fwmarkFibStatus.202 /fwmarkFibStatus.202/ fwmarkFibStatus.202 i 1
inconsistentName|noCreation fwmarkFibName.202 /fwmarkFib[A-Za-z]*.202/ fwmarkFibName.202 s other
noCreation .*fwmarkFibStatus.* /./ fwmarkFibStatus.202.1 i 4

wrongType fwmarkMarkName.1.255 /fwmarkMarkName.1.255/ fwmarkMarkName.1.255 i 1
wrongType fwmarkMarkMeter.1.255 /fwmarkMarkMeter.1.255/ fwmarkMarkMeter.1.255 u 1
wrongLength fwmarkMarkName.1.255 /fwmarkMarkName.1.255/ fwmarkMarkName.1.255 s "$long"
wrongValue fwmarkMarkName.1.255 /fwmarkMarkName.1.255/ fwmarkMarkName.1.255 x 61FF
wrongValue fwmarkMarkName.1.255 /fwmarkMarkName.1.255/ fwmarkMarkName.1.255 x 61E281A6
wrongValue fwmarkMarkMeter.1.255 /fwmarkMarkMeter.1.255/ fwmarkMarkMeter.1.255 i 3
wrongValue fwmarkMarkStatus.1.255 /fwmarkMarkStatus.1.255/ fwmarkMarkStatus.1.255 i 0
inconsistentValue fwmarkMarkStatus.1.255 /fwmarkMarkStatus.1.255/ fwmarkMarkStatus.1.255 i 4
inconsistentName|noCreation fwmarkMarkName.2.255 /fwmarkMark[A-Za-z]*.2.255/ fwmarkMarkName.2.255 s two
noCreation .*fwmarkMarkStatus.* /./ fwmarkMarkStatus.2 i 4

wrongType fwmarkAgentEditLock.0 /fwmarkAgentEditLock/ fwmarkAgentEditLock.0 u 1
wrongValue fwmarkAgentEditLock.0 /fwmarkAgentEditLock/ fwmarkAgentEditLock.0 i -1
inconsistentValue fwmarkAgentEditLock.0 /fwmarkAgentEditLock/ fwmarkAgentEditLock.0 i $other
wrongType fwmarkAgentNotifications.0 /fwmarkAgentNotifications/ fwmarkAgentNotifications.0 s true
wrongValue fwmarkAgentNotifications.0 /fwmarkAgentNotifications/ fwmarkAgentNotifications.0 i 0
noCreation|notWritable .*fwmarkAgentNotifications.* /./ fwmarkAgentNotifications.1 i 1
END

# The lock works: what was read may be written, once.
snmp_set fwmarkAgentEditLock.0 i "$lock" fwmarkFibName.201 s other.out
set_refused inconsistentValue fwmarkAgentEditLock.0 fwmarkAgentEditLock \
	fwmarkAgentEditLock.0 i "$lock" fwmarkFibName.201 s third.out
shown fwmarkFibName.201 other.out
expect_eq "refusals in the log" 10 "$(agent_said 'SET refused')"
