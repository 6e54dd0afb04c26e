#!/usr/bin/env bash
# The configuration of the registry with its certificates, as Quay's container reads it.
. "$(dirname "$0")/verbs.sh"
folder=$lab/config

prepare() {
  mkdir -p "$folder/extra_ca_certs"
  cp "$files/config.yaml" "$folder"
  cp "$lab/certificates/registry.crt" "$folder/ssl.cert"
  cp "$lab/certificates/registry.key" "$folder/ssl.key"
  for name in database.pem ldap.crt extra_ca_certs/lab.crt; do
    cp "$lab/certificates/ca.crt" "$folder/$name"
  done
  cp "$lab/certificates/ca.crt" /etc/containers/certs.d/registry.lab.test/ca.crt
}

start() { :; }
status() { [ -s "$folder/config.yaml" ]; }
"$@"
