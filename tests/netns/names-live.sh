#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Names as iproute2 has them: changes by others are in the very next answer, and the agent's own
# files hold nothing but its own, whatever happens.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
etc=/etc/iproute2
rm -rf $etc/rt_tables.d $etc/rt_protos.d
printf '# a comment of theirs\n201\ttheirs # and another\n' >>$etc/rt_tables
start
own=$etc/rt_tables.d/fwmarkd.conf

# The protocol number has a name, and ip(8) knows it.
expect_match "$etc/rt_protos.d/fwmarkd.conf" '^161[[:space:]]+fwmarkd$' \
	"$(cat $etc/rt_protos.d/fwmarkd.conf)"
snmp_set fwmarkPolicyMark.1 u 1 fwmarkPolicyFibId.1 u 9 fwmarkPolicyStatus.1 i createAndGo
expect_match "ip rule" ' proto fwmarkd$' "$(ip rule | sed 's/ *$//')"
expect_match "fwmarkPolicyText.1" ' proto fwmarkd$' "$(snmp_get fwmarkPolicyText.1 | tr -d '"')"

# unnamed TABLE: there is no such row.
unnamed() {
	expect_match "table $1" 'No Such Instance' "$(snmp snmpget "fwmarkFibName.$1" 2>&1)"
}

# Every rt_tables names it, and it is none.
echo '0 unspec' >>$etc/rt_tables
unnamed 0

# By whatever way a file changes.
for round in 1 2 3; do
	echo "300 appended$round" >>$etc/rt_tables
	shown fwmarkFibName.300 appended$round
	sed -i '/appended/d' $etc/rt_tables
	unnamed 300
	mkdir -p $etc/rt_tables.d
	echo "301 dropped_in$round" >$etc/rt_tables.d/other.conf
	shown fwmarkFibName.301 dropped_in$round
	echo "301 renamed$round" >$etc/rt_tables.d/.new
	mv $etc/rt_tables.d/.new $etc/rt_tables.d/other.conf
	shown fwmarkFibName.301 renamed$round
	rm -r $etc/rt_tables.d
	unnamed 301
done
printf '# theirs\n301 other\n' >$etc/.other
mkdir $etc/rt_tables.d
mv $etc/.other $etc/rt_tables.d/other.conf
shown fwmarkFibName.301 other

# A file that is a link, as where /etc is read-only, and another file mounted in its place.
mv $etc/rt_tables "$WORK/tables"
ln -s "$WORK/tables" $etc/rt_tables
shown fwmarkFibName.201 theirs
echo '302 linked' >>"$WORK/tables"
shown fwmarkFibName.302 linked
echo '302 mounted' >"$WORK/over"
mount --bind "$WORK/over" "$WORK/tables"
shown fwmarkFibName.302 mounted
unnamed 201
umount "$WORK/tables"
shown fwmarkFibName.302 linked
rm $etc/rt_tables
mv "$WORK/tables" $etc/rt_tables
shown fwmarkFibName.201 theirs

# What others wrote stays as it is, and none of it goes into the agent's own file.
before=$(cat $etc/rt_tables $etc/rt_tables.d/other.conf)
snmp_set fwmarkFibName.400 s ours fwmarkFibStatus.400 i createAndGo
snmp_set fwmarkFibName.401 s ours_too fwmarkFibStatus.401 i createAndGo
expect_eq "names in the own file" "400 ours 401 ours_too" \
	"$(sed '/^#/d' $own | tr '\t\n' '  ' | sed 's/ $//')"
expect_no_match "the own file" 'theirs|other' "$(sed '1,2d' $own)"
expect_eq "files of others" "$before" "$(cat $etc/rt_tables $etc/rt_tables.d/other.conf)"

# A crash between writing and renaming: the new file is half there, the old one is whole.
kill_agent
printf '# Written by fwmarkd\n400\tou' >$etc/rt_tables.d/.fwmarkd.new
start_agent
shown fwmarkFibName.400 ours
snmp_set fwmarkFibName.402 s third fwmarkFibStatus.402 i createAndGo
expect_eq "files of the directory" "fwmarkd.conf other.conf " \
	"$(find $etc/rt_tables.d -type f -printf '%f\n' | sort | tr '\n' ' ')"
shown fwmarkFibName.402 third
# One that is no file, where the new one is to be: refused, and the old names stay.
mkdir $etc/rt_tables.d/.fwmarkd.new
set_refused '(genError|resourceUnavailable|commitFailed|inconsistentValue|noAccess)' \
	'fwmarkFib(Name|Status).403' 'rt_tables.d/fwmarkd.conf' \
	fwmarkFibName.403 s fourth fwmarkFibStatus.403 i createAndGo
rmdir $etc/rt_tables.d/.fwmarkd.new
for table in 402 401 400; do
	snmp_set fwmarkFibStatus.$table i destroy
done
[ ! -e $own ] || fail "$own is there without names"

# A name that the number has already is left alone.
stop_agent
rm $etc/rt_protos.d/fwmarkd.conf
echo '161 somebody' >$etc/rt_protos.d/a.conf
start_agent
[ ! -e $etc/rt_protos.d/fwmarkd.conf ] || fail "a second name for protocol 161"
expect_match "fwmarkPolicyText.1" ' proto somebody$' "$(snmp_get fwmarkPolicyText.1 | tr -d '"')"
