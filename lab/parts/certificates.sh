#!/usr/bin/env bash
# The authority of the lab, and what it has signed: a certificate for each service, and beside it
# one for the same names whose time is over (NAME.expired.crt).
. "$(dirname "$0")/verbs.sh"

new_key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)

prepare() {
  mkdir -p "$folder/issued"
  cd "$folder"
  cp "$files/openssl.cnf" .
  : >index
  NAMES=DNS:none quietly openssl req -config openssl.cnf -x509 -extensions authority \
    "${new_key[@]}" -days 3650 -subj "/CN=Authority of the lab" -keyout ca.key -out ca.crt
  sign registry registry quay01 quay02 quay03
  for name in db01 ldap mail login; do
    sign "$name" "$name"
  done
}

# sign NAME HOST...
sign() {
  local name=$1 host names=
  shift
  for host in "$@"; do
    names+="${names:+,}DNS:$host.lab.test"
  done
  export NAMES=$names
  quietly openssl req -config openssl.cnf -new "${new_key[@]}" -subj "/CN=$1.lab.test" \
    -keyout "$name.key" -out "$name.csr"
  quietly openssl ca -config openssl.cnf -batch -notext -in "$name.csr" -out "$name.crt"
  quietly openssl ca -config openssl.cnf -batch -notext -in "$name.csr" \
    -out "$name.expired.crt" -startdate 20200101000000Z -enddate 20210101000000Z
}

# openssl says much, and only what goes wrong matters.
quietly() {
  "$@" 2>said || {
    cat said >&2
    return 1
  }
}

start() { :; }
status() { [ -s "$folder/ca.crt" ]; }
"$@"
