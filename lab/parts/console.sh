#!/usr/bin/env bash
# The console, with the configuration of the registry. It listens on this machine's own address, so
# it is started in the lab's namespaces except the one for the network: LISTEN says where, and
# QUAY_CONSOLE_NODES which nodes there are.
. "$(dirname "$0")/verbs.sh"

prepare() {
  mkdir -p "$folder"
  echo lab-password >"$folder/password"
  chmod 600 "$folder/password"
}

start() {
  run console "$lab/bin/quay-console" config --password-file "$folder/password" \
    --config-dir "$lab/config" --data-dir "$folder/data" --listen "$LISTEN"
  wait_for 10 status
}

status() { is_running console && curl -sf -m 5 -o /dev/null "http://$LISTEN/login"; }
"$@"
