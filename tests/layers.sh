#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The rooms, checked by what they #include: file:line of every include that its room may not
# have. Then violations are planted in a copy, and each must be found.
set -eu

top=${1:-$(dirname "$0")/..}
cd "$top"

# layers ROOT: prints the violations below ROOT.
layers() {
	(
		cd "$1"
		find agent include \( -name '*.[ch]' -o -name '*.inc' \) | LC_ALL=C sort
	) | while read -r file; do
		awk -v root="$1" -v file="$file" '
		BEGIN {
			may["base"] = "libc base"
			may["model"] = "libc base model"
			may["netfilter"] = "libc base model netfilter linux libmnl libiptc libxtables"
			may["routing"] = "libc base model routing linux libmnl"
			may["snmp"] = "libc base model snmp net-snmp"
			# These four are still one circle.
			may["store"] = may["views"] = may["plan"] = may["daemon"] = \
				"libc base model netfilter routing snmp store views plan daemon linux" \
				" libmnl net-snmp libconfig libcap-ng"

			n = split("assert ctype errno fcntl fnmatch getopt glob grp ifaddrs inttypes" \
				" limits locale poll pwd regex sched setjmp signal stdalign" \
				" stdarg stdatomic stdbool stddef stdint stdio stdlib" \
				" stdnoreturn string strings syslog termios time unistd", word, " ")
			for (i = 1; i <= n; i++)
				header[word[i] ".h"] = "libc"
			n = split("endian byteswap dirent dlfcn err ftw libgen math mntent netdb paths" \
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
				complain(NR, "an include that only the preprocessor understands")
				next
			}
			sub(/^["<]/, "", name)
			sub(/[">].*/, "", name)
			who = owner(name, quoted)
			if (who == "")
				complain(NR, room " includes " name ", which layers.sh does not know")
			else if (!index(" " may[room] " ", " " who " "))
				complain(NR, room " includes " name " (" who ")")
		}' "$1/$file"
	done
}

found=$(layers .)
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
