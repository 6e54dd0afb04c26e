#!/usr/bin/env bash
# An OpenID Connect provider with one client.
. "$(dirname "$0")/verbs.sh"

certificate=login

prepare() {
  mkdir -p "$folder"
  take_certificate
}

start() {
  run login node "$files/login.mjs" 10.189.0.17 443 https://login.lab.test \
    "$folder/server.crt" "$folder/server.key"
  wait_for 20 answers
}

answers() { curl -skf -m 5 -o /dev/null https://login.lab.test/.well-known/openid-configuration; }

status() {
  curl -sf -m 5 -o /dev/null --cacert "$lab/certificates/ca.crt" \
    https://login.lab.test/.well-known/openid-configuration
}
"$@"
