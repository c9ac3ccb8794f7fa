#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# LARTC's SET with one part that cannot be done: nothing of it is done, the error stands at the
# varbind that is to blame, and fwmarkAgentLastError says why in words.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
start

# lartc_with OBJECT TYPE VALUE: the SET with that value in the place of its own, or added to it.
lartc_with() {
	lartc_varbinds | awk -v object="$1" -v type="$2" -v value="$3" '
		$1 == object { $2 = type; $3 = value; found = 1 }
		{ print }
		END { if (!found) print object, type, value }'
}

# refused ERROR FAILED_OBJECT WORDS OBJECT TYPE VALUE: the SET with that change is refused, in the
# order of mib.md and the other way round.
refused() {
	for order in cat tac; do
		# shellcheck disable=SC2046 # words
		refuse "$1" "$2" "$3" $(lartc_with "$4" "$5" "$6" | $order)
	done
}

route=201.1.4.0.0.0.0.0.0.1
cannot='inconsistentValue|resourceUnavailable|commitFailed'

remember_state

# What only the kernel can know.
refused inconsistentValue "fwmarkRouteIfName.$route" ppp9 fwmarkRouteIfName.$route s ppp9
refused inconsistentValue "fwmarkRouteIfIndex.$route" 999 fwmarkRouteIfIndex.$route i 999
refused inconsistentValue "fwmarkRouteIf(Name|Index).$route" 'eth1|ppp0|[Ii]f(Name|Index)' \
	fwmarkRouteIfIndex.$route i "$(ip -o link show eth1 | sed 's/:.*//')"
refused "$cannot" "fwmarkRoute(Gateway|Status).$route" '10\.9\.9\.9|gateway|reach' \
	fwmarkRouteGateway.$route x 0A090909
refused "$cannot" "fwmarkRoute(Gateway|Status|PreferredSource).$route" '10\.9\.9\.8|source|prefsrc' \
	fwmarkRoutePreferredSource.$route x 0A090908
refused inconsistentValue fwmarkRuleChain.1 nochain fwmarkRuleChain.1 s nochain
refused inconsistentValue fwmarkRuleTableName.1 notable fwmarkRuleTableName.1 s notable
refused inconsistentValue fwmarkRulePosition.1 '2|[Pp]osition' fwmarkRulePosition.1 u 2

# What no kernel needs to be asked for.
refused wrongType fwmarkRuleProtocol.1 fwmarkRuleProtocol.1 fwmarkRuleProtocol.1 s tcp
refused wrongValue fwmarkPolicyAction.1 fwmarkPolicyAction.1 fwmarkPolicyAction.1 i 5
refused inconsistentValue 'fwmarkRule(DestinationPort(From|To)|Protocol).1' '[Pp]ort' \
	fwmarkRuleProtocol.1 u 1
refused inconsistentValue 'fwmarkRule(Invert|MatchMark|MatchMask).1' '[Mm]ark|[Mm]ask|[Ii]nvert' \
	fwmarkRuleInvert.1 b 8
refused notWritable fwmarkRulePackets.1 fwmarkRulePackets.1 fwmarkRulePackets.1 u 1

# What is missing: a row without what it must have.
# shellcheck disable=SC2046 # words
refuse inconsistentValue 'fwmarkRuleStatus.1' '[Mm]ark' \
	$(lartc_varbinds | grep -v '^fwmarkRuleMark\.')
# shellcheck disable=SC2046 # words
refuse 'inconsistentName|inconsistentValue|noCreation' 'fwmarkPolicy(Mark|FibId).1' \
	'fwmarkPolicy[A-Za-z]*.1' $(lartc_varbinds | grep -v '^fwmarkPolicyStatus\.')

# Nothing of all that is left over: the SET as it should be works.
unchanged "all of these"
lartc_set
expect_lartc
remember_state

# The index is taken, whichever it is.
for status in fwmarkFibStatus.201 fwmarkRouteStatus.$route fwmarkPolicyStatus.1 fwmarkRuleStatus.1
do
	refuse inconsistentValue "$status" "$status" "$status" i createAndGo
	refuse inconsistentValue "$status" "$status" "$status" i createAndWait
done
# shellcheck disable=SC2046 # words
refuse inconsistentValue 'fwmark[A-Z][a-z]*Status.*' 'exists' \
	fwmarkPolicyMark.2 u 2 fwmarkPolicyStatus.2 i createAndGo $(lartc_varbinds)

# The same policy as another one; a name twice.
priority=$(snmp_get fwmarkPolicyPriority.1)
refuse "$cannot" 'fwmarkPolicy[A-Za-z]*.3' 'exist|same|fwmarkPolicy.*1' \
	fwmarkPolicyMark.3 u 1 fwmarkPolicyFibId.3 u 201 fwmarkPolicyPriority.3 u "$priority" \
	fwmarkPolicyStatus.3 i createAndGo
refuse inconsistentValue fwmarkFibName.202 'mail\.out' \
	fwmarkFibName.202 s mail.out fwmarkFibStatus.202 i createAndGo

# A change that cannot be done, together with one that could.
refuse "$cannot" "fwmarkRouteGateway.$route" '10\.9\.9\.9|gateway|reach' \
	fwmarkRuleMark.1 u 7 fwmarkPolicyMark.1 u 7 fwmarkRuleDescription.1 s new \
	fwmarkFibName.201 s other fwmarkRouteGateway.$route x 0A090909
refuse inconsistentValue fwmarkRuleChain.2 nochain \
	fwmarkRuleStatus.1 i destroy fwmarkPolicyStatus.1 i destroy \
	fwmarkRouteStatus.$route i destroy fwmarkFibStatus.201 i destroy \
	fwmarkRuleChain.2 s nochain fwmarkRuleMark.2 u 1 fwmarkRuleStatus.2 i createAndGo
expect_lartc
unchanged "all of these"
