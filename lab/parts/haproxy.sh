#!/usr/bin/env bash
# The load balancer.
. "$(dirname "$0")/verbs.sh"

prepare() {
  mkdir -p "$folder"
  cp "$files/haproxy.cfg" "$folder"
  haproxy -c -f "$folder/haproxy.cfg" >/dev/null
}

start() {
  run haproxy haproxy -db -f "$folder/haproxy.cfg"
  wait_for 10 status
}

status() { curl -sf -m 5 -o /dev/null -u admin:lab-password http://db01.lab.test:1936/haproxy; }
"$@"
