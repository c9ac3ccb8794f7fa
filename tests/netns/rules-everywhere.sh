#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Mark rules of every form are shown in every chain, built in or not, of every table of both
# families; reading loads no table.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/rules.sh"

# The options of a target, and what columns show for it: target, mark, mask, ctmask.
forms() {
	cat <<-END
		MARK --set-mark 5|1|5|ffffffff|ffffffff
		MARK --set-mark 0x80000000/0x80000000|1|80000000|80000000|ffffffff
		MARK --set-mark 0x5/0xf0|1|5|f5|ffffffff
		MARK --set-xmark 0x5/0xf0|1|5|f0|ffffffff
		MARK --and-mark 0xff|1|0|ffffff00|ffffffff
		MARK --or-mark 0x30|1|30|30|ffffffff
		MARK --xor-mark 0x3|1|3|0|ffffffff
		CONNMARK --set-mark 7|2|7|ffffffff|ffffffff
		CONNMARK --set-xmark 0x7/0xff00|2|7|ff00|ffffffff
		CONNMARK --and-mark 0xff|2|0|ffffff00|ffffffff
		CONNMARK --or-mark 0x30|2|30|30|ffffffff
		CONNMARK --xor-mark 0x3|2|3|0|ffffffff
		CONNMARK --save-mark|3|0|ffffffff|ffffffff
		CONNMARK --save-mark --nfmask 0x3f00 --ctmask 0xff00|3|0|3f00|ff00
		CONNMARK --restore-mark|4|0|ffffffff|ffffffff
		CONNMARK --restore-mark --nfmask 0xff --ctmask 0xf|4|0|ff|f
		CONNMARK --restore-mark --nfmask 0xff --ctmask 0xff --left-shift-mark 8|5
		CONNMARK --save-mark --nfmask 0xff --ctmask 0xff --right-shift-mark 8|5
	END
}

# Tables and their chains; USER is one of ours.
chains() {
	cat <<-END
		raw PREROUTING OUTPUT USER
		mangle PREROUTING INPUT FORWARD OUTPUT POSTROUTING USER
		nat PREROUTING INPUT OUTPUT POSTROUTING USER
		filter INPUT FORWARD OUTPUT USER
		security INPUT FORWARD OUTPUT USER
	END
}

# ruleset: for iptables-restore.
ruleset() {
	chains | while read -r table chains; do
		echo "*$table"
		echo ":USER -"
		for chain in $chains; do
			forms | sed -e 's/|.*//' -e "s/^/-A $chain -j /"
		done
		echo COMMIT
	done
}

# expected: "FAMILY|TABLE|CHAIN|TARGET|MARK|MASK|CTMASK", computed ones without the last three.
expected() {
	for family in 1 2; do
		chains | while read -r table chains; do
			for chain in $chains; do
				forms | sed -e "s/^[^|]*/$family|$table|$chain/"
			done
		done
	done
}

tables_loaded() {
	for file in ip_tables_names ip6_tables_names; do
		echo "$file: $(sort "/proc/net/$file" | paste -sd' ')"
	done
}

tables_loaded >"$WORK/loaded"
fresh_agent
start
snmp_walk fwmarkObjects >"$WORK/walk"
shown fwmarkRuleCount.0 0
tables_loaded >"$WORK/now"
expect_same "reading must not load a table" "$WORK/loaded" "$WORK/now"

iptables-legacy -t raw -A OUTPUT -j MARK --set-mark 5
ip6tables-legacy -t nat -A OUTPUT -j MARK --set-mark 5
tables_loaded >"$WORK/loaded"
snmp_walk fwmarkObjects >"$WORK/walk"
shown fwmarkRuleCount.0 2
snmp_walk fwmarkRuleText >"$WORK/walk"
tables_loaded >"$WORK/now"
expect_same "reading must not load a table" "$WORK/loaded" "$WORK/now"

ruleset >"$WORK/rules"
iptables-legacy-restore "$WORK/rules"
ip6tables-legacy-restore "$WORK/rules"
shown_rules AddressType TableName Chain Target Mark Mask CtMask | cut -d' ' -f2- |
	sed 's/|5|[^|]*|[^|]*|[^|]*$/|5/' | sort >"$WORK/shown"
expected | sort >"$WORK/expected"
expect_same "rules in every chain" "$WORK/expected" "$WORK/shown"
shown fwmarkRuleCount.0 "$(wc -l <"$WORK/expected")"
