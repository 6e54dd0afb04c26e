#!/usr/bin/env bash
# The runtime stage of the Dockerfile, built and run for real with Podman.
#
# usage: container.sh PROGRAM     (the release binary)
# The base image is made here from this machine's own C library, because a test must not download
# one. Everything happens in private namespaces: no process, mount, bridge or rule is left behind.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=$(readlink -f "$1")

if [ -z "${INSIDE_NAMESPACE:-}" ]; then
  work=$(mktemp -d /tmp/qc-container.XXXXXX)
  trap 'rm -rf "$work"' EXIT
  INSIDE_NAMESPACE=1 WORK=$work unshare --net --mount --pid --fork --kill-child --mount-proc \
    bash "$here/container.sh" "$program"
  exit
fi

say() { echo "container: $*"; }
fail() { echo "container: FAILED: $*" >&2; exit 1; }

ip link set lo up
umount /sys/fs/cgroup/unified 2>/dev/null || true
mount -t tmpfs tmpfs /run
mkdir -p /run/lock

# Podman without systemd: three settings, and everything in a folder of its own.
cat >"$WORK/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=8192:8192", "nproc=8192:8192"]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
tmp_dir = "$WORK/tmp"
[network]
network_backend = "netavark"
network_config_dir = "$WORK/net"
CONF
cat >"$WORK/policy.json" <<'CONF'
{"default": [{"type": "insecureAcceptAnything"}]}
CONF
mkdir -p "$WORK/net" "$WORK/tmp"
export CONTAINERS_CONF=$WORK/containers.conf
podman() {
  command podman --root "$WORK/root" --runroot "$WORK/run" --storage-driver overlay "$@"
}
cleanup() {
  podman rm -af -t 1 >/dev/null 2>&1 || true
  awk -v dir="$WORK/" 'index($2, dir) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r umount -l || true
}
trap cleanup EXIT

# A base image: the C library and nothing else.
base=$WORK/base
mkdir -p "$base"/{etc,tmp,var/lib,usr/local/bin}
echo 'root:x:0:0:root:/:/sbin/nologin' >"$base/etc/passwd"
ldd "$program" | grep -o '/[^ ]*' | while read -r library; do
  install -D "$library" "$base$library"
done
tar -C "$base" -c . | podman import -q - localhost/base >/dev/null
say "base image made"

# What the build stage leaves behind.
out=$WORK/built/out
mkdir -p "$out/data"
cp "$program" "$out/quay-console"
cp /etc/ssl/certs/ca-certificates.crt "$out/ca-certificates.crt"
tar -C "$WORK/built" -c . | podman import -q - localhost/built >/dev/null
podman build -q --signature-policy "$WORK/policy.json" --target runtime -t quay-console \
  --build-arg RUNTIME_IMAGE=localhost/base --build-context build=container-image://localhost/built \
  -f "$here/../Dockerfile" "$WORK/built" >/dev/null
say "runtime stage built"

podman run -d --name console -p 8080:8080 quay-console config my-secret-password >/dev/null
for _ in $(seq 100); do
  curl -sf http://127.0.0.1:8080/ready >/dev/null && break
  podman inspect -f '{{.State.Running}}' console | grep -q true || { podman logs console; fail "it ended"; }
  read -rt 0.1 <> <(:) || true
done
curl -sf http://127.0.0.1:8080/live >/dev/null || fail "it does not answer"
answer=$(curl -s -o /dev/null -w '%{http_code}' -H 'Sec-Fetch-Site: same-origin' \
  -d 'user=quayconfig&password=my-secret-password' http://127.0.0.1:8080/login)
[ "$answer" = 303 ] || fail "log-in answered $answer"
user=$(podman top console huser | tail -1 | tr -d ' ')
[ "$user" = 1001 ] || fail "it runs as $user"
podman stop -t 10 console >/dev/null
code=$(podman inspect -f '{{.State.ExitCode}}' console)
[ "$code" = 0 ] || fail "it ended with $code"
podman run --rm quay-console validate /nowhere && fail "validate of nothing succeeded"
[ "$(podman run --rm quay-console validate /nowhere 2>&1 >/dev/null | wc -l)" = 1 ] || fail "not one line"
say "the manual's command serves the log-in, as a user without rights, and stops cleanly"
