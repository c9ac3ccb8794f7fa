#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# boot.sh ROOT KERNEL INIT SECONDS: boots a kernel of Debian in qemu, under software emulation, until it
# powers off or reboots, but no longer than that. ROOT is a directory with Debian in it, over 9p the root
# of the file system; KERNEL one where the .deb of the kernel is unpacked; INIT the first program, a path
# in ROOT without blanks. What it prints on its console is printed here.
set -eu

root=$(readlink -f "$1") kernel=$2 init=$3 seconds=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# 12 has it in lib, 13 in usr/lib.
modules=$(find "$kernel" -path '*/lib/modules/*' -prune -print)
version=${modules##*/}
if ! [ -d "$root/usr/lib/modules/$version" ]; then
	mkdir -p "$root/usr/lib/modules"
	cp -a "$modules" "$root/usr/lib/modules/"
	depmod -b "$root" "$version"
fi

# An initrd that mounts the root, and no more. What is built in has no line "insmod".
mkdir -p "$work/initrd/bin" "$work/initrd/mnt" "$work/initrd/proc" "$work/initrd/sys" \
	"$work/initrd/dev" "$work/initrd/modules"
cp "$(command -v busybox)" "$work/initrd/bin/busybox"
for module in virtio_pci 9pnet_virtio 9p; do
	modprobe -d "$root" -S "$version" --show-depends "$module"
done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' | while read -r file; do
	name=${file##*/}
	name=${name%.xz}
	case $file in
	*.xz) xz -dc "$file" ;;
	*) cat "$file" ;;
	esac >"$work/initrd/modules/$name"
	echo "$name" >>"$work/initrd/order"
done
cat >"$work/initrd/init" <<'END'
#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t sysfs sys /sys
$b mount -t devtmpfs dev /dev
for module in $($b cat /order); do $b insmod "/modules/$module"; done
$b mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144 root /mnt || $b poweroff -f
for directory in proc sys dev; do $b mount --move /$directory /mnt/$directory; done
$b mount -t tmpfs tmpfs /mnt/run
$b mount -t tmpfs -o mode=1777 tmpfs /mnt/tmp
exec $b switch_root /mnt $($b sed 's/.*root_init=\([^ ]*\).*/\1/' /mnt/proc/cmdline)
END
chmod 755 "$work/initrd/init"
(cd "$work/initrd" && find . | cpio -o -H newc --quiet | gzip -1) >"$work/initrd.gz"

timeout "$seconds" qemu-system-x86_64 -M q35 -accel tcg,thread=multi -cpu max -smp 2 -m 2048 -nographic \
	-no-reboot -net none -kernel "$kernel"/boot/vmlinuz-* -initrd "$work/initrd.gz" \
	-virtfs local,path="$root",mount_tag=root,security_model=passthrough -append \
	"console=ttyS0 quiet panic=1 systemd.show_status=0 root_init=$init" </dev/null
