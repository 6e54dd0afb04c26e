#!/usr/bin/env bash
# The first process of the lab's namespaces: what is started in them ends with it, and their
# mounts, bridges, rules and addresses are gone with it.
#
# usage: unshare --net --mount --pid --ipc --fork --kill-child --mount-proc bash hold.sh FOLDER
set -euo pipefail

# A /run and a /dev/shm of its own; the folder has a short name and can be entered by all.
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/lock /run/lab
mount --bind "$1" /run/lab
mount -t tmpfs tmpfs /dev/shm
# What is written to these folders stays in the lab: settings, and what Podman remembers of images.
for name in etc var/lib var/tmp; do
  mkdir -p "/run/over/$name/upper" "/run/over/$name/work"
  mount -t overlay overlay \
    -o "lowerdir=/$name,upperdir=/run/over/$name/upper,workdir=/run/over/$name/work" "/$name"
done
mkdir -p /var/lib/containers
mount -t tmpfs tmpfs /var/lib/containers
cp /run/lab/files/hosts /etc/hosts
# Podman's runtimes do not like both kinds of control groups at once.
umount /sys/fs/cgroup/unified 2>/dev/null || true

# Podman asks the first two whom it may fetch images from; everybody, here. Each node puts its own
# settings in the place of the others.
mkdir -p /etc/containers/certs.d/registry.lab.test
: >/etc/containers/containers.conf
: >/etc/containers/storage.conf
echo '{"default": [{"type": "insecureAcceptAnything"}]}' >/etc/containers/policy.json
echo 'unqualified-search-registries = []' >/etc/containers/registries.conf

# The machines of the lab are addresses of this one.
ip link set lo up
while read -r address name; do
  [ "$address" = 127.0.0.1 ] || ip address add "$address/32" dev lo
done <<<"$(cut -d' ' -f1,2 /run/lab/files/hosts)"

echo ready >/run/lab/ready
# A shell also buries processes whose parents have ended.
while true; do
  sleep 86400 &
  wait
done
