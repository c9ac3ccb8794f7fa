#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every kind of bad value in fwmarkPolicyTable is refused with the error that fits it.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

start
snmp_set fwmarkPolicyMark.1 u 1 fwmarkPolicyFibId.1 u 201 fwmarkPolicyStatus.1 i createAndGo
long=$(printf '%0201d' 0)
export long

refusals <<'END'
# Types.
wrongType fwmarkPolicyAddressType.1 /fwmarkPolicyAddressType.1/ fwmarkPolicyAddressType.1 s ipv4
wrongType fwmarkPolicyPriority.1 /fwmarkPolicyPriority.1/ fwmarkPolicyPriority.1 i 7
wrongType fwmarkPolicyAction.1 /fwmarkPolicyAction.1/ fwmarkPolicyAction.1 u 1
wrongType fwmarkPolicyFibId.1 /fwmarkPolicyFibId.1/ fwmarkPolicyFibId.1 s mail.out
wrongType fwmarkPolicyMark.1 /fwmarkPolicyMark.1/ fwmarkPolicyMark.1 i 1
wrongType fwmarkPolicyInvert.1 /fwmarkPolicyInvert.1/ fwmarkPolicyInvert.1 u 1
wrongType fwmarkPolicySource.1 /fwmarkPolicySource.1/ fwmarkPolicySource.1 a 10.0.0.1
wrongType fwmarkPolicyInInterface.1 /fwmarkPolicyInInterface.1/ fwmarkPolicyInInterface.1 i 2
wrongType fwmarkPolicyTunnelId.1 /fwmarkPolicyTunnelId.1/ fwmarkPolicyTunnelId.1 u 7
wrongType fwmarkPolicyDscp.1 /fwmarkPolicyDscp.1/ fwmarkPolicyDscp.1 u 7
wrongType fwmarkPolicySuppressGroup.1 /fwmarkPolicySuppressGroup.1/ fwmarkPolicySuppressGroup.1 u 7
wrongType fwmarkPolicyDescription.1 /fwmarkPolicyDescription.1/ fwmarkPolicyDescription.1 o 1.3
wrongType fwmarkPolicyStatus.1 /fwmarkPolicyStatus.1/ fwmarkPolicyStatus.1 s destroy

# Lengths.
wrongLength fwmarkPolicySource.1 /fwmarkPolicySource.1/ fwmarkPolicySource.1 x 0A
wrongLength fwmarkPolicyDestination.1 /fwmarkPolicyDestination.1/ fwmarkPolicyDestination.1 x 0A0000010A
wrongLength fwmarkPolicyInInterface.1 /fwmarkPolicyInInterface.1/ fwmarkPolicyInInterface.1 s abcdefghijklmnop
wrongLength fwmarkPolicyOutInterface.1 /fwmarkPolicyOutInterface.1/ fwmarkPolicyOutInterface.1 s abcdefghijklmnop
wrongLength fwmarkPolicyTunnelId.1 /fwmarkPolicyTunnelId.1/ fwmarkPolicyTunnelId.1 x 00000000000007
wrongLength fwmarkPolicyTunnelId.1 /fwmarkPolicyTunnelId.1/ fwmarkPolicyTunnelId.1 x 000000000000000007
wrongLength fwmarkPolicyDescription.1 /fwmarkPolicyDescription.1/ fwmarkPolicyDescription.1 s "$long"

# Values.
wrongValue fwmarkPolicyAddressType.1 /fwmarkPolicyAddressType.1/ fwmarkPolicyAddressType.1 i 0
wrongValue fwmarkPolicyAddressType.1 /fwmarkPolicyAddressType.1/ fwmarkPolicyAddressType.1 i 4
wrongValue fwmarkPolicyAction.1 /fwmarkPolicyAction.1/ fwmarkPolicyAction.1 i 0
wrongValue fwmarkPolicyAction.1 /fwmarkPolicyAction.1/ fwmarkPolicyAction.1 i 4
wrongValue fwmarkPolicyAction.1 /fwmarkPolicyAction.1/ fwmarkPolicyAction.1 i 9
wrongValue fwmarkPolicyInvert.1 /fwmarkPolicyInvert.1/ fwmarkPolicyInvert.1 i 0
wrongValue fwmarkPolicyInvert.1 /fwmarkPolicyInvert.1/ fwmarkPolicyInvert.1 i 3
wrongValue fwmarkPolicyInInterface.1 /fwmarkPolicyInInterface.1/ fwmarkPolicyInInterface.1 s eth/0
wrongValue fwmarkPolicyOutInterface.1 /fwmarkPolicyOutInterface.1/ fwmarkPolicyOutInterface.1 s 'eth 0'
wrongValue fwmarkPolicyTos.1 /fwmarkPolicyTos.1/ fwmarkPolicyTos.1 u 256
wrongValue fwmarkPolicyProtocol.1 /fwmarkPolicyProtocol.1/ fwmarkPolicyProtocol.1 u 256
wrongValue fwmarkPolicySourcePortFrom.1 /fwmarkPolicySourcePortFrom.1/ fwmarkPolicySourcePortFrom.1 u 65536
wrongValue fwmarkPolicyDestinationPortTo.1 /fwmarkPolicyDestinationPortTo.1/ fwmarkPolicyDestinationPortTo.1 u 65536
wrongValue fwmarkPolicySuppressPrefixLength.1 /fwmarkPolicySuppressPrefixLength.1/ fwmarkPolicySuppressPrefixLength.1 i -2
wrongValue fwmarkPolicySuppressPrefixLength.1 /fwmarkPolicySuppressPrefixLength.1/ fwmarkPolicySuppressPrefixLength.1 i 129
wrongValue fwmarkPolicySuppressGroup.1 /fwmarkPolicySuppressGroup.1/ fwmarkPolicySuppressGroup.1 i -2
wrongValue fwmarkPolicyL3mdev.1 /fwmarkPolicyL3mdev.1/ fwmarkPolicyL3mdev.1 i 7
wrongValue fwmarkPolicyDscp.1 /fwmarkPolicyDscp.1/ fwmarkPolicyDscp.1 i 64
wrongValue fwmarkPolicyDscp.1 /fwmarkPolicyDscp.1/ fwmarkPolicyDscp.1 i -2
wrongValue fwmarkPolicyDscpMask.1 /fwmarkPolicyDscpMask.1/ fwmarkPolicyDscpMask.1 u 64
wrongValue fwmarkPolicyFlowLabel.1 /fwmarkPolicyFlowLabel.1/ fwmarkPolicyFlowLabel.1 u 1048576
wrongValue fwmarkPolicyFlowLabelMask.1 /fwmarkPolicyFlowLabelMask.1/ fwmarkPolicyFlowLabelMask.1 u 1048576
wrongValue fwmarkPolicySourcePortMask.1 /fwmarkPolicySourcePortMask.1/ fwmarkPolicySourcePortMask.1 u 65536
wrongValue fwmarkPolicyDescription.1 /fwmarkPolicyDescription.1/ fwmarkPolicyDescription.1 x 61FF
wrongValue fwmarkPolicyStorageType.1 /fwmarkPolicyStorageType.1/ fwmarkPolicyStorageType.1 i 7
wrongValue fwmarkPolicyStatus.1 /fwmarkPolicyStatus.1/ fwmarkPolicyStatus.1 i 3

# Indices.
noCreation fwmarkPolicyStatus.0 /index|0/ fwmarkPolicyStatus.0 i 4
noCreation fwmarkPolicyStatus.2147483648 /index|2147483648/ fwmarkPolicyStatus.2147483648 i 4
noCreation fwmarkPolicyStatus.1999999 /index|999999/ fwmarkPolicyStatus.1999999 i 4
noCreation .*fwmarkPolicyStatus.* /./ fwmarkPolicyStatus.3.3 i 4

# One value against another.
inconsistentValue fwmarkPolicySource.1 /[Ff]amily|[Aa]ddress|[Ii][Pp]v4/ fwmarkPolicySource.1 x 20010DB8000000000000000000000001
inconsistentValue fwmarkPolicySource(PrefixLength|).1 /[Hh]ost bits|[Pp]refix/ fwmarkPolicySource.1 x 0A000001 fwmarkPolicySourcePrefixLength.1 u 8
inconsistentValue fwmarkPolicyDestinationPrefixLength.1 /[Pp]refix/ fwmarkPolicyDestinationPrefixLength.1 u 33
inconsistentValue fwmarkPolicySourcePort(From|To).1 /[Pp]ort/ fwmarkPolicyProtocol.1 u 6 fwmarkPolicySourcePortFrom.1 u 20 fwmarkPolicySourcePortTo.1 u 10
inconsistentValue fwmarkPolicySourcePortFrom.1 /65535/ fwmarkPolicySourcePortFrom.1 u 65535
inconsistentValue fwmarkPolicyDestinationPortTo.1 /65535/ fwmarkPolicyDestinationPortFrom.1 u 1024 fwmarkPolicyDestinationPortTo.1 u 65535
inconsistentValue fwmarkPolicyUid(From|To).1 /[Uu]id/ fwmarkPolicyUidFrom.1 u 20 fwmarkPolicyUidTo.1 u 10
inconsistentValue fwmarkPolicy(Goto|Action|Priority).1 /[Gg]oto/ fwmarkPolicyAction.1 i 2
inconsistentValue fwmarkPolicyFlowLabel(Mask|).1 /[Ff]low|[Ii][Pp]v6/ fwmarkPolicyFlowLabel.1 u 5 fwmarkPolicyFlowLabelMask.1 u 1048575
inconsistentValue fwmarkPolicy(Tos|Dscp).1 /[Tt]os|[Dd]scp|TOS|DSCP/ fwmarkPolicyTos.1 u 16 fwmarkPolicyDscp.1 i 4
inconsistentValue fwmarkPolicyFibId.1 /[Ff]ib|table/ fwmarkPolicyFibId.1 u 0
inconsistentValue fwmarkPolicyAddressType.1 /active/ fwmarkPolicyAddressType.1 i 2

# Rows.
inconsistentValue fwmarkPolicyStatus.1 /fwmarkPolicyStatus.1/ fwmarkPolicyStatus.1 i 4
inconsistentValue|inconsistentName fwmarkPolicyStatus.2 /fwmarkPolicyStatus.2/ fwmarkPolicyStatus.2 i 1
inconsistentName|noCreation fwmarkPolicyMark.2 /fwmarkPolicy[A-Za-z]*.2/ fwmarkPolicyMark.2 u 2
END
