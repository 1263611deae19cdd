#!/usr/bin/env bash
# tests/cli/runbook_root.sh: the first process of a private world: makes its roots, then waits.
#
#   unshare --mount --net --pid --fork --propagation unchanged runbook_root.sh FOLDER PROGRAMS \
#       ADDRESSES NODE...
#
# FOLDER/NODE becomes the root of a machine with this one's /usr, its own /etc, /var, /backup and
# /tmp, and the programs of FOLDER/programs. Machines share the addresses. Prints its process id
# as the outside sees it when all is ready, and ends with all its processes when stdin does.
set -euo pipefail
folder=$1 programs=$2 addresses=$3
shift 3
read -r pid _ </proc/self/stat

# Where / is no mount (in a chroot) this cannot be; the tmpfs is private all the same.
mount --make-rprivate / 2>/dev/null || true
mount -t tmpfs -o mode=755 runbooks "$folder"
mount --make-rprivate "$folder"

ip link set lo up
for address in $addresses; do
  ip addr add "$address/32" dev lo
done

# NAME=FILE: a program and where it is.
mkdir -p "$folder/programs"
for program in $programs; do
  mkdir -p "$(dirname "$folder/programs/${program%%=*}")"
  touch "$folder/programs/${program%%=*}"
  mount --bind "${program#*=}" "$folder/programs/${program%%=*}"
done

for node in "$@"; do
  root=$folder/$node
  mkdir -p "$root"/{usr,proc,dev,run,srv,tmp,opt,backup,var/lib/etcd,var/log,etc/etcd/pki} \
    "$root"/etc/{systemd/system,kubernetes/pki/etcd,kubernetes/manifests}
  chmod 1777 "$root/tmp"
  for name in bin sbin lib lib32 lib64; do
    if [ -L "/$name" ]; then
      cp -P "/$name" "$root/$name"
    elif [ -d "/$name" ]; then
      mkdir "$root/$name"
      mount --bind "/$name" "$root/$name"
    fi
  done
  mount --bind /usr "$root/usr"
  mount -o remount,bind,ro "$root/usr"
  mount -t tmpfs -o mode=755 local "$root/usr/local"
  mkdir "$root/usr/local/bin"
  mount --bind /dev "$root/dev"
  mount -t proc proc "$root/proc"
  mount --rbind "$folder/programs" "$root/opt"

  cp -a /etc/alternatives /etc/ld.so.cache "$root/etc/" 2>/dev/null || true
  printf '%s\n' 'root:x:0:0:root:/srv:/bin/bash' 'etcd:x:2379:2379::/var/lib/etcd:/bin/false' \
    >"$root/etc/passwd"
  printf '%s\n' 'root:x:0:' 'etcd:x:2379:' >"$root/etc/group"
  echo '127.0.0.1 localhost' >"$root/etc/hosts"
  chown 2379:2379 "$root/var/lib/etcd"
  chmod 700 "$root/var/lib/etcd"
done

echo "$pid"
cat >/dev/null || true
kill -KILL -1 2>/dev/null || true
wait
umount --recursive --lazy "$folder"
