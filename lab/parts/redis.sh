#!/usr/bin/env bash
# Redis with a password.
. "$(dirname "$0")/verbs.sh"

prepare() {
  mkdir -p "$folder"
  mount_disk 64m
  cp "$files/redis.conf" "$folder"
}

start() {
  run redis redis-server "$folder/redis.conf"
  wait_for 10 status
}

# ask COMMAND...
ask() { client 20 "$@"; }

# client SECONDS COMMAND...
client() { timeout "$1" redis-cli -h redis.lab.test -a strongpassword --no-auth-warning "${@:2}"; }

# Its copy on the disk fails now, not when it would be made by itself; from then on it takes nothing.
fill() {
  dd if=/dev/zero of="$disk/fill" bs=1M 2>/dev/null || true
  save err
}

empty() {
  rm -f "$disk/fill"
  save ok
}

# Copies its data to the disk, and waits until that ended so: save ok|err
save() {
  ask BGSAVE >/dev/null
  wait_for 10 saved "$1"
}

saved() { ask INFO persistence | grep -q "rdb_last_bgsave_status:$1"; }

status() { client 5 PING | grep -q PONG; }
"$@"
