#!/usr/bin/env bash
# A mail relay that keeps what it is given.
. "$(dirname "$0")/verbs.sh"

certificate=mail

prepare() {
  mkdir -p "$folder"
  take_certificate
}

start() {
  run mail "$lab/python/bin/python3" "$files/mail.py" 10.189.0.16 587 "$folder/messages" \
    "$folder/server.crt" "$folder/server.key"
  wait_for 10 answers
}

answers() { curl -s -m 2 smtp://mail.lab.test:587 -X NOOP; }

status() {
  timeout 5 openssl s_client -connect mail.lab.test:587 -starttls smtp -verify_return_error \
    -verify_hostname mail.lab.test -CAfile "$lab/certificates/ca.crt" </dev/null >/dev/null 2>&1
}
"$@"
