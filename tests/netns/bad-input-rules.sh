#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every kind of bad value in fwmarkRuleTable is refused with the error that fits it.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

start
snmp_set fwmarkRuleProtocol.1 u 6 fwmarkRuleMark.1 u 1 fwmarkRuleStatus.1 i createAndGo
noise=$(printf '%0150d' 0)
long=$(printf '%05000d' 0)
export noise long

refusals <<'END'
# Types.
wrongType fwmarkRuleAddressType.1 /fwmarkRuleAddressType.1/ fwmarkRuleAddressType.1 u 1
wrongType fwmarkRuleTableName.1 /fwmarkRuleTableName.1/ fwmarkRuleTableName.1 i 1
wrongType fwmarkRuleChain.1 /fwmarkRuleChain.1/ fwmarkRuleChain.1 a 1.2.3.4
wrongType fwmarkRulePosition.1 /fwmarkRulePosition.1/ fwmarkRulePosition.1 i 1
wrongType fwmarkRuleInvert.1 /fwmarkRuleInvert.1/ fwmarkRuleInvert.1 u 1
wrongType fwmarkRuleInInterface.1 /fwmarkRuleInInterface.1/ fwmarkRuleInInterface.1 u 1
wrongType fwmarkRuleSource.1 /fwmarkRuleSource.1/ fwmarkRuleSource.1 a 10.0.0.1
wrongType fwmarkRuleSourcePrefixLength.1 /fwmarkRuleSourcePrefixLength.1/ fwmarkRuleSourcePrefixLength.1 i 8
wrongType fwmarkRuleProtocol.1 /fwmarkRuleProtocol.1/ fwmarkRuleProtocol.1 s tcp
wrongType fwmarkRuleProtocol.1 /fwmarkRuleProtocol.1/ fwmarkRuleProtocol.1 o 1.3.6
wrongType fwmarkRuleProtocol.1 /fwmarkRuleProtocol.1/ fwmarkRuleProtocol.1 t 6
wrongType fwmarkRuleProtocol.1 /fwmarkRuleProtocol.1/ fwmarkRuleProtocol.1 a 0.0.0.6
wrongType fwmarkRuleMatches.1 /fwmarkRuleMatches.1/ fwmarkRuleMatches.1 i 6
wrongType fwmarkRuleTarget.1 /fwmarkRuleTarget.1/ fwmarkRuleTarget.1 u 1
wrongType fwmarkRuleMark.1 /fwmarkRuleMark.1/ fwmarkRuleMark.1 i 1
wrongType fwmarkRuleDescription.1 /fwmarkRuleDescription.1/ fwmarkRuleDescription.1 i 1
wrongType fwmarkRuleStorageType.1 /fwmarkRuleStorageType.1/ fwmarkRuleStorageType.1 u 3
wrongType fwmarkRuleStatus.1 /fwmarkRuleStatus.1/ fwmarkRuleStatus.1 u 6

# Lengths.
wrongLength fwmarkRuleTableName.2 /fwmarkRuleTableName.2/ fwmarkRuleTableName.2 s '' fwmarkRuleMark.2 u 1 fwmarkRuleStatus.2 i 4
wrongLength fwmarkRuleTableName.2 /fwmarkRuleTableName.2/ fwmarkRuleTableName.2 s "$noise" fwmarkRuleMark.2 u 1 fwmarkRuleStatus.2 i 4
wrongLength fwmarkRuleChain.1 /fwmarkRuleChain.1/ fwmarkRuleChain.1 s ''
wrongLength fwmarkRuleChain.1 /fwmarkRuleChain.1/ fwmarkRuleChain.1 s "$noise"
wrongLength fwmarkRuleInInterface.1 /fwmarkRuleInInterface.1/ fwmarkRuleInInterface.1 s abcdefghijklmnop
wrongLength fwmarkRuleOutInterface.1 /fwmarkRuleOutInterface.1/ fwmarkRuleOutInterface.1 s abcdefghijklmnop
wrongLength fwmarkRuleSource.1 /fwmarkRuleSource.1/ fwmarkRuleSource.1 x 0A0000
wrongLength fwmarkRuleSource.1 /fwmarkRuleSource.1/ fwmarkRuleSource.1 x 0A00000001
wrongLength fwmarkRuleDestination.1 /fwmarkRuleDestination.1/ fwmarkRuleDestination.1 s ''
wrongLength fwmarkRuleDestination.1 /fwmarkRuleDestination.1/ fwmarkRuleDestination.1 x 0A0000010A0000010A0000010A00000101
wrongLength fwmarkRuleDescription.1 /fwmarkRuleDescription.1/ fwmarkRuleDescription.1 s "$noise"
wrongLength fwmarkRuleMatches.1 /fwmarkRuleMatches.1/ fwmarkRuleMatches.1 s "$long"

# Values.
wrongValue fwmarkRuleAddressType.1 /fwmarkRuleAddressType.1/ fwmarkRuleAddressType.1 i 3
wrongValue fwmarkRuleAddressType.1 /fwmarkRuleAddressType.1/ fwmarkRuleAddressType.1 i 16
wrongValue fwmarkRuleAddressType.1 /fwmarkRuleAddressType.1/ fwmarkRuleAddressType.1 i -1
wrongValue fwmarkRuleInvert.1 /fwmarkRuleInvert.1/ fwmarkRuleInvert.1 b 9
wrongValue|wrongLength fwmarkRuleInvert.1 /fwmarkRuleInvert.1/ fwmarkRuleInvert.1 b 40
wrongValue fwmarkRuleInInterface.1 /fwmarkRuleInInterface.1/ fwmarkRuleInInterface.1 s eth/0
wrongValue fwmarkRuleInInterface.1 /fwmarkRuleInInterface.1/ fwmarkRuleInInterface.1 s 'eth 0'
wrongValue fwmarkRuleInInterface.1 /fwmarkRuleInInterface.1/ fwmarkRuleInInterface.1 x 65746800
wrongValue fwmarkRuleOutInterface.1 /fwmarkRuleOutInterface.1/ fwmarkRuleOutInterface.1 s eth/0
wrongValue fwmarkRuleSourcePrefixLength.1 /fwmarkRuleSourcePrefixLength.1/ fwmarkRuleSourcePrefixLength.1 u 2041
wrongValue|inconsistentValue fwmarkRuleSourcePrefixLength.1 /fwmarkRuleSourcePrefixLength|[Pp]refix/ fwmarkRuleSourcePrefixLength.1 u 129
inconsistentValue fwmarkRuleSourcePrefixLength.1 /fwmarkRuleSourcePrefixLength|[Pp]refix/ fwmarkRuleSourcePrefixLength.1 u 33
wrongValue fwmarkRuleProtocol.1 /fwmarkRuleProtocol.1/ fwmarkRuleProtocol.1 u 256
wrongValue fwmarkRuleSourcePortFrom.1 /fwmarkRuleSourcePortFrom.1/ fwmarkRuleSourcePortFrom.1 u 65536
wrongValue fwmarkRuleSourcePortTo.1 /fwmarkRuleSourcePortTo.1/ fwmarkRuleSourcePortTo.1 u 4294967295
wrongValue fwmarkRuleDestinationPortFrom.1 /fwmarkRuleDestinationPortFrom.1/ fwmarkRuleDestinationPortFrom.1 u 65536
wrongValue fwmarkRuleDestinationPortTo.1 /fwmarkRuleDestinationPortTo.1/ fwmarkRuleDestinationPortTo.1 u 65536
wrongValue fwmarkRuleTos.1 /fwmarkRuleTos.1/ fwmarkRuleTos.1 u 256
wrongValue fwmarkRuleTosMask.1 /fwmarkRuleTosMask.1/ fwmarkRuleTosMask.1 u 256
wrongValue fwmarkRuleTarget.1 /fwmarkRuleTarget.1/ fwmarkRuleTarget.1 i 0
wrongValue fwmarkRuleTarget.1 /fwmarkRuleTarget.1/ fwmarkRuleTarget.1 i 5
wrongValue fwmarkRuleTarget.1 /fwmarkRuleTarget.1/ fwmarkRuleTarget.1 i 6
wrongValue fwmarkRuleDescription.1 /fwmarkRuleDescription.1/ fwmarkRuleDescription.1 x 61FF62
wrongValue fwmarkRuleDescription.1 /fwmarkRuleDescription.1/ fwmarkRuleDescription.1 x 610062
wrongValue fwmarkRuleStorageType.1 /fwmarkRuleStorageType.1/ fwmarkRuleStorageType.1 i 0
wrongValue fwmarkRuleStorageType.1 /fwmarkRuleStorageType.1/ fwmarkRuleStorageType.1 i 6
wrongValue|inconsistentValue fwmarkRuleStorageType.1 /fwmarkRuleStorageType.1/ fwmarkRuleStorageType.1 i 4
wrongValue|inconsistentValue fwmarkRuleStorageType.1 /fwmarkRuleStorageType.1/ fwmarkRuleStorageType.1 i 5
wrongValue fwmarkRuleStatus.1 /fwmarkRuleStatus.1/ fwmarkRuleStatus.1 i 0
wrongValue fwmarkRuleStatus.1 /fwmarkRuleStatus.1/ fwmarkRuleStatus.1 i 3
wrongValue fwmarkRuleStatus.1 /fwmarkRuleStatus.1/ fwmarkRuleStatus.1 i 7
wrongValue fwmarkRuleStatus.1 /fwmarkRuleStatus.1/ fwmarkRuleStatus.1 i -6

# Matches.
wrongValue fwmarkRuleMatches.1 /nosuchmatch/ fwmarkRuleMatches.1 s '-m nosuchmatch'
wrongValue fwmarkRuleMatches.1 /[Aa]rgument|multiport/ fwmarkRuleMatches.1 s '-m multiport --dports'
wrongValue fwmarkRuleMatches.1 /-j|target/ fwmarkRuleMatches.1 s '-j ACCEPT'
wrongValue fwmarkRuleMatches.1 /quot/ fwmarkRuleMatches.1 s '-m comment --comment "open'

# Indices.
noCreation fwmarkRule(Mark|Status).0 /index|0/ fwmarkRuleMark.0 u 1 fwmarkRuleStatus.0 i 4
noCreation fwmarkRule(Mark|Status).2147483648 /index|2147483648/ fwmarkRuleStatus.2147483648 i 4 fwmarkRuleMark.2147483648 u 1
noCreation fwmarkRuleStatus.4294967295 /index|4294967295/ fwmarkRuleStatus.4294967295 i 4
noCreation fwmarkRule(Mark|Status).1000000 /999999|index/ fwmarkRuleStatus.1000000 i 4 fwmarkRuleMark.1000000 u 1
noCreation .*fwmarkRuleStatus.* /index|noCreation|row/ fwmarkRuleStatus.1.1 i 4
noCreation .*fwmarkRuleStatus.* /index|noCreation|row/ fwmarkRuleStatus i 4
notWritable|noCreation .*fwmarkRule.* /./ .1.3.6.1.4.1.8072.9999.9999.11.1.2.4.1.41.1 i 4
notWritable|noCreation .*fwmarkRule.* /./ .1.3.6.1.4.1.8072.9999.9999.11.1.2.4.2.2.1 i 4
notWritable|noAccess|noCreation .*fwmarkRuleIndex.* /./ .1.3.6.1.4.1.8072.9999.9999.11.1.2.4.1.1.1 u 1
notWritable|noCreation .*fwmark.* /./ .1.3.6.1.4.1.8072.9999.9999.11.1.99.0 i 4

# One value against another.
inconsistentValue fwmarkRuleSource.1 /[Ff]amily|[Aa]ddress|IPv4|ipv4|4/ fwmarkRuleSource.1 x 20010DB8000000000000000000000001
inconsistentValue fwmarkRuleSource(PrefixLength|).1 /[Hh]ost bits|[Pp]refix/ fwmarkRuleSource.1 x 0A000001 fwmarkRuleSourcePrefixLength.1 u 8
inconsistentValue fwmarkRuleDestination(PrefixLength|).1 /[Hh]ost bits|[Pp]refix/ fwmarkRuleDestination.1 x 0A000001 fwmarkRuleDestinationPrefixLength.1 u 31
inconsistentValue fwmarkRuleSourcePort(From|To).1 /[Pp]ort/ fwmarkRuleSourcePortFrom.1 u 20 fwmarkRuleSourcePortTo.1 u 10
inconsistentValue fwmarkRuleDestinationPort(From|To).1 /[Pp]ort/ fwmarkRuleDestinationPortFrom.1 u 20 fwmarkRuleDestinationPortTo.1 u 10
inconsistentValue fwmarkRule(DestinationPort(From|To)|Protocol).1 /[Pp]ort|[Pp]rotocol/ fwmarkRuleProtocol.1 u 1 fwmarkRuleDestinationPortTo.1 u 25
inconsistentValue fwmarkRule(DestinationPort(From|To)|Protocol).1 /[Pp]ort|[Pp]rotocol/ fwmarkRuleProtocol.1 u 0 fwmarkRuleDestinationPortFrom.1 u 25
inconsistentValue fwmarkRuleChain.1 /nochain/ fwmarkRuleChain.1 s nochain
inconsistentValue fwmarkRuleInvert.1 /./ fwmarkRuleInvert.1 b 2
inconsistentValue fwmarkRuleTableName.1 /active/ fwmarkRuleTableName.1 s raw
inconsistentValue fwmarkRuleAddressType.1 /active/ fwmarkRuleAddressType.1 i 2
inconsistentValue fwmarkRulePosition.1 /[Pp]osition|2/ fwmarkRulePosition.1 u 2
inconsistentValue fwmarkRulePosition.1 /[Pp]osition|4294967295/ fwmarkRulePosition.1 u 4294967295
inconsistentValue|wrongValue fwmarkRuleOutInterface.1 /[Ii]nterface|PREROUTING/ fwmarkRuleOutInterface.1 s eth1

# Rows.
inconsistentValue fwmarkRuleStatus.1 /fwmarkRuleStatus.1/ fwmarkRuleStatus.1 i 4
inconsistentValue fwmarkRuleStatus.1 /fwmarkRuleStatus.1/ fwmarkRuleStatus.1 i 5
inconsistentValue|inconsistentName fwmarkRuleStatus.2 /fwmarkRuleStatus.2/ fwmarkRuleStatus.2 i 1
inconsistentValue|inconsistentName fwmarkRuleStatus.2 /fwmarkRuleStatus.2/ fwmarkRuleStatus.2 i 2
inconsistentName|noCreation fwmarkRuleMark.2 /fwmarkRule[A-Za-z]*.2/ fwmarkRuleMark.2 u 2
inconsistentValue fwmarkRuleStatus.2 /[Mm]ark/ fwmarkRuleStatus.2 i 4
inconsistentValue fwmarkRuleStatus.[12] /./ fwmarkRuleMark.2 u 1 fwmarkRuleStatus.2 i 4 fwmarkRuleStatus.2 i 6
inconsistentValue fwmarkRuleMark.1 /fwmarkRuleMark.1/ fwmarkRuleMark.1 u 1 fwmarkRuleMark.1 u 2
END
