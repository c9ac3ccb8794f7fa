#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The rooms, checked by what they #include: file:line of every include that its room may not
# have, and the headers that more than a third of the sources include. And by what the objects call (nm):
# no file calls one of a room above, and no files call each other in a circle. Then violations are planted
# in a copy, and each must be found.
set -eu

top=${1:-$(dirname "$0")/..}
build=${top_builddir:-.}
case $build in
/*) ;;
*) build=$PWD/$build ;;
esac
cd "$top"

# From the ground floor up.
rooms='base model netfilter routing snmp store views plan daemon'

# layers ROOT: prints the violations below ROOT.
layers() {
	(
		cd "$1"
		# shellcheck disable=SC2016 # awk's
		find agent include \( -name '*.[ch]' -o -name '*.inc' \) | LC_ALL=C sort | xargs -r awk '
		BEGIN {
			may["base"] = "libc base"
			may["model"] = "libc base model"
			may["netfilter"] = "libc base model netfilter linux libmnl libiptc libxtables"
			may["routing"] = "libc base model routing linux libmnl"
			may["snmp"] = "libc base model snmp net-snmp"
			may["store"] = "libc base model mib store libconfig"
			may["views"] = "libc base model mib netfilter routing store views linux libmnl"
			may["plan"] = may["views"] " plan libconfig"
			may["daemon"] = may["plan"] " snmp daemon net-snmp libcap-ng"

			n = split("assert ctype errno fcntl fnmatch getopt glob grp ifaddrs inttypes" \
				" limits locale poll pwd regex sched setjmp signal stdalign" \
				" stdarg stdatomic stdbool stddef stdint stdio stdlib" \
				" stdnoreturn string strings syslog termios time unistd", word, " ")
			for (i = 1; i <= n; i++)
				header[word[i] ".h"] = "libc"
			n = split("endian byteswap dirent dlfcn err ftw libgen math mntent netdb nss paths" \
				" pthread search semaphore spawn wchar", word, " ")
			for (i = 1; i <= n; i++)
				header[word[i] ".h"] = "libc"
			header["xtables.h"] = header["iptables.h"] = header["ip6tables.h"] = "libxtables"
			header["libconfig.h"] = "libconfig"
			header["cap-ng.h"] = "libcap-ng"
			n = split("sys net netinet netpacket arpa bits", word, " ")
			for (i = 1; i <= n; i++)
				dir[word[i]] = "libc"
			dir["linux"] = dir["asm"] = dir["asm-generic"] = "linux"
			dir["libmnl"] = "libmnl"
			dir["libiptc"] = "libiptc"
			dir["net-snmp"] = "net-snmp"
			for (i in may)
				dir[i] = i
		}
		FNR == 1 {
			file = FILENAME
			split("", part)
			split(file, part, "/")
			room = part[3] == "" ? "daemon" : part[2] # agent/main.c is of the daemon
			if (!(room in may))
				complain(0, "no room is called " room)
		}
		function complain(line, what) {
			print file ":" line ": " what
		}
		# Which room or library a header belongs to, "" if nobody knows.
		function owner(name, quoted,    first) {
			if (name == "snmp/mib.h" && room != "snmp")
				return "mib"
			if (name ~ /(^|\/)\.\.?(\/|$)/)
				return ""
			first = name
			if (sub(/\/.*/, "", first))
				return dir[first]
			# a private header beside the source
			return quoted ? room : header[name]
		}
		/^[ \t]*(#|%:)[ \t]*(include|include_next|import)/ {
			name = $0
			sub(/^[ \t]*(#|%:)[ \t]*[a-z_]+[ \t]*/, "", name)
			quoted = name ~ /^"/
			if (name !~ /^("[^"]+"|<[^>]+>)/) {
				complain(FNR, "an include that only the preprocessor understands")
				next
			}
			sub(/^["<]/, "", name)
			sub(/[">].*/, "", name)
			who = owner(name, quoted)
			if (who == "")
				complain(FNR, room " includes " name ", which layers.sh does not know")
			else if (!index(" " may[room] " ", " " who " "))
				complain(FNR, room " includes " name " (" who ")")
		}'
	)
}

# crowds ROOT: the headers of ours that more than a third of the sources below ROOT include themselves.
crowds() {
	find "$1/agent" -name '*.c' -exec awk '
		/^[ \t]*#[ \t]*include[ \t]*"/ { split($0, part, "\""); print part[2] }
		END { print "sources", ARGC - 1 }' {} + | awk '
		$1 == "sources" { sources += $2; next }
		{ seen[$1]++ }
		END {
			for (header in seen)
				if (sources >= 9 && 3 * seen[header] > sources)
					print header ": included by " seen[header] " of " sources " sources"
		}'
}

# calls ROOT: what the files in the rooms' libraries below ROOT define and call: "D ROOM/file symbol",
# "U ROOM/file symbol". Objects that are lying about from before do not count.
calls() {
	for room in $rooms; do
		[ -e "$1/agent/lib$room.a" ] || continue
		${NM:-nm} "$1/agent/lib$room.a" | sed -n \
			-e "/^.*\.o:\$/ { s|^\(lib${room}_a-\)\{0,1\}\(.*\)\.o:\$|$room/\2|; h; }" \
			-e '/^.* [TDBRCVW] / { s|^.* ||; G; s|^\(.*\)\n\(.*\)|D \2 \1|p; }' \
			-e '/^ *U / { s|^.* ||; G; s|^\(.*\)\n\(.*\)|U \2 \1|p; }'
	done
}

# circles: of a list from calls, the calls upward; and what is left when files that call none of those
# left, and files that none of those left calls, have been taken away again and again: the circles, and
# what leads from one of them to another.
circles() {
	awk -v rooms="$rooms" '
	BEGIN {
		n = split(rooms, word, " ")
		for (i = 1; i <= n; i++)
			floor[word[i]] = i
	}
	function room(file) {
		sub(/\/.*/, "", file)
		return file
	}
	$1 == "D" { home[$3] = $2 }
	$1 == "U" { used[++nused] = $2 " " $3 }
	END {
		for (i = 1; i <= nused; i++) {
			split(used[i], u, " ")
			to = home[u[2]]
			if (to == "" || to == u[1] || !(room(u[1]) in floor))
				continue
			if (floor[room(to)] > floor[room(u[1])])
				print u[1] " calls " u[2] " of " to ", which is above"
			call[u[1] " calls " to] = u[2]
		}
		do {
			gone = 0
			split("", out)
			split("", in_)
			for (c in call) {
				split(c, u, " ")
				out[u[1]] = in_[u[3]] = 1
			}
			for (c in call) {
				split(c, u, " ")
				if (!(u[3] in out) || !(u[1] in in_)) {
					delete call[c]
					gone = 1
				}
			}
		} while (gone)
		for (c in call)
			print "a circle: " c ": " call[c]
	}' | LC_ALL=C sort
}

found=$(layers . && crowds .)
if [ -n "$found" ]; then
	echo "$found"
	exit 1
fi
listed=$(calls "$build")
if [ -z "$listed" ]; then
	echo "no libraries in $build/agent: make first"
	exit 1
fi
found=$(echo "$listed" | circles)
if [ -n "$found" ]; then
	echo "$found"
	exit 1
fi

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

# planted FILE INCLUDE EXPECTED: EXPECTED (0 or 1) violations when FILE's second line is INCLUDE.
planted() {
	mkdir -p "$copy/agent" "$copy/include" "$copy/${1%/*}"
	printf '/* planted */\n%s\n' "$2" >"$copy/$1"
	found=$(layers "$copy")
	rm "$copy/$1"
	case $3:$found in
	0:) ;;
	1:"$1:2: "*) ;;
	*)
		echo "planted in $1: $2: expected $3 violations, found: ${found:-none}"
		exit 1
		;;
	esac
}

# object ROOM/FILE C: compiles it into the room's library.
object() {
	mkdir -p "$copy/build/agent"
	echo "$2" >"$copy/object.c"
	${CC:-cc} -c -o "$copy/${1#*/}.o" "$copy/object.c"
	${AR:-ar} rc "$copy/build/agent/lib${1%/*}.a" "$copy/${1#*/}.o" 2>/dev/null
}

# circling EXPECTED: what is found in the objects; they are gone then.
circling() {
	found=$(calls "$copy/build" | circles)
	rm -r "$copy/build"
	[ "$found" = "$1" ] && return
	echo "planted objects: expected: ${1:-nothing}, found: ${found:-nothing}"
	exit 1
}

object base/low 'void low(void); void low(void) {}'
object model/high 'void low(void); void high(void); void high(void) { low(); }'
circling ''
object base/low 'void low(void); void high(void); void low(void) { high(); }'
object model/high 'void high(void); void high(void) {}'
circling 'base/low calls high of model/high, which is above'
object plan/x 'void y(void); void x(void); void x(void) { y(); }'
object plan/y 'void z(void); void y(void); void y(void) { z(); }'
object plan/z 'void x(void); void z(void); void z(void) { x(); }'
object plan/user 'void x(void); void user(void); void user(void) { x(); }'
object base/used 'void used(void); void used(void) {}'
circling 'a circle: plan/x calls plan/y: y
a circle: plan/y calls plan/z: z
a circle: plan/z calls plan/x: x'

# crowded N EXPECTED: what is found when N of 9 sources include a header.
crowded() {
	mkdir -p "$copy/agent/base"
	for number in 1 2 3 4 5 6 7 8 9; do
		{ [ $number -gt "$1" ] || echo '#include "base/vec.h"'; } >"$copy/agent/base/$number.c"
	done
	found=$(crowds "$copy")
	rm -r "$copy/agent"
	[ "$found" = "$2" ] && return
	echo "planted $1 includes: expected: ${2:-nothing}, found: ${found:-nothing}"
	exit 1
}

crowded 3 ''
crowded 4 'base/vec.h: included by 4 of 9 sources'

planted agent/base/x.c '#include "model/route.h"' 1
planted agent/base/x.c '#include <linux/rtnetlink.h>' 1
planted agent/base/x.c '#include <libmnl/libmnl.h>' 1
planted include/model/x.h '#include <linux/fib_rules.h>' 1
planted include/model/x.h '#include "routing/rtnl.h"' 1
planted agent/model/x.c '#  include "../routing/own.h"' 1
planted agent/model/x.c '#include HEADER' 1
planted agent/routing/x.c '#include <net-snmp/net-snmp-config.h>' 1
planted agent/netfilter/x.c '#include "snmp/table.h"' 1
planted agent/routing/x.c '#include <libconfig.h>' 1
planted agent/routing/x.c '#include <somebody/else.h>' 1
planted agent/snmp/x.c '#include "netfilter/nf.h"' 1
planted agent/routing/x.c '#include "netfilter/nf.h"' 1
planted agent/netfilter/x.c '#include "routing/rtnl.h"' 1
planted agent/routing/x.c '#include <libiptc/libiptc.h>' 1
planted agent/snmp/x.c '#include <netfilter/nf.h>' 1
planted agent/snmp/deep/x.c '#include "daemon/loop.h"' 1
planted agent/snmp/x.c '	#	include <linux/if.h>' 1
planted agent/base/x.c '#include <sys/socket.h>' 0
planted agent/model/x.c '#include "base/vec.h"' 0
planted agent/routing/x.c '#include "own.h"' 0
planted agent/netfilter/x.c '#include <libiptc/libiptc.h>' 0
planted agent/snmp/x.c '#include <net-snmp/agent/net-snmp-agent-includes.h>' 0
planted agent/main.c '#include "netfilter/nf.h"' 0
planted agent/plan/x.c '#include "netfilter/nf.h"' 0
planted agent/store/x.c '#include "snmp/mib.h"' 0
planted agent/store/x.c '#include "snmp/agentx.h"' 1
planted agent/store/x.c '#include "netfilter/nf.h"' 1
planted agent/store/x.c '#include "views/views.h"' 1
planted agent/views/x.c '#include "plan/plan.h"' 1
planted agent/views/routes/x.c '#include "plan/plan.h"' 1
planted agent/plan/x.c '#include "daemon/conf.h"' 1
planted agent/plan/x.c '#include "snmp/shim.h"' 1
planted agent/daemon/x.c '#include "snmp/shim.h"' 0
