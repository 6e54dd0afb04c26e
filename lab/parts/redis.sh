#!/usr/bin/env bash
# Redis with a password.
. "$(dirname "$0")/verbs.sh"

prepare() {
  mkdir -p "$folder"
  cp "$files/redis.conf" "$folder"
}

start() {
  run redis redis-server "$folder/redis.conf"
  wait_for 10 status
}

# ask COMMAND...
ask() { redis-cli -h redis.lab.test -a strongpassword --no-auth-warning "$@"; }

status() { ask PING | grep -q PONG; }
"$@"
