#!/usr/bin/env bash
# Makes real logs anew: servers of Debian, used well and badly, in a copy of this system that nobody else sees.
#   bench/real-logs/make.sh FOLDER [SERVER...]    as root; writes /var/log of that copy into FOLDER
# The copy is an overlay in memory; packages are installed into it, not into the machine. It has its own processes, names, /dev, /run and
# /tmp, and, once everything is installed, no network but its own loopback with the addresses of documentation. REAL_LOGS_ROOT=/folder keeps the copy for the
# next run (then unmount it by hand).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$(realpath -m "${1:?where to? bench/real-logs/make.sh FOLDER [SERVER...]}")
shift
[ "$(id -u)" = 0 ] || { echo 'root is needed: namespaces, packages, ports below 1024' >&2; exit 2; }

root=${REAL_LOGS_ROOT:-}
if [ -z "$root" ]; then
  root=$(mktemp -d)
  trap 'umount "$root/layer"; rm -rf "$root"' EXIT
fi
mkdir -p "$root/layer"
mountpoint -q "$root/layer" || mount -t tmpfs -o mode=755 real-logs "$root/layer"
mkdir -p "$root/layer/"{upper,work,whole,tools}
cp "$here/"*.sh "$root/layer/tools/"

# inside NAMESPACES... -- COMMAND...: runs a command in the copy.
inside() {
  local flags=()
  while [ "$1" != -- ]; do flags+=("$1"); shift; done
  shift
  unshare --mount --pid --uts --ipc --fork --kill-child "${flags[@]}" bash -c '
    set -e
    layer=$1; shift
    mount --make-rprivate /
    mount -t overlay real-logs -o "lowerdir=/,upperdir=$layer/upper,workdir=$layer/work" "$layer/whole"
    cd "$layer/whole"
    mount -t proc proc proc
    mount -t tmpfs -o mode=755 tmpfs run
    mount -t tmpfs tmpfs tmp
    mkdir tmp/tools && cp "$layer"/tools/* tmp/tools/
    mount -t tmpfs -o mode=755 tmpfs dev
    mkdir dev/pts dev/shm run/lock
    mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
    ln -s pts/ptmx dev/ptmx
    ln -s /proc/self/fd dev/fd
    for node in null zero full random urandom; do touch "dev/$node"; mount --bind "/dev/$node" "dev/$node"; done
    hostname web1
    exec chroot . "$@"' inside "$root/layer" "$@"
}

if [ ! -e "$root/layer/installed" ]; then
  inside -- bash /tmp/tools/install.sh
  touch "$root/layer/installed"
fi
inside --net -- bash /tmp/tools/use.sh "$@" || true
mkdir -p "$out"
for folder in log lib/dhcp; do
  [ -e "$root/layer/upper/var/$folder" ] && cp -r "$root/layer/upper/var/$folder" "$out/"
done
# What the layer took away stands in it as a device.
find "$out" -type c -delete
find "$out" -type f -empty -delete
