#!/usr/bin/env bash
# A directory of users, over ldap:// and ldaps://.
. "$(dirname "$0")/verbs.sh"

certificate=ldap

prepare() {
  mkdir -p "$folder/data"
  cp "$files/slapd.conf" "$folder"
  take_certificate
  start
  ldapadd -x -H ldap://ldap.lab.test -D cn=admin,dc=lab,dc=test -w admin-password \
    -f "$files/users.ldif" >/dev/null
}

start() {
  run slapd slapd -d 0 -f "$folder/slapd.conf" -h 'ldap://ldap.lab.test ldaps://ldap.lab.test'
  wait_for 10 answers
}

# set_password PASSWORD: that of the account with which Quay searches.
set_password() {
  ldappasswd -x -H ldap://ldap.lab.test -D cn=admin,dc=lab,dc=test -w admin-password \
    -s "$1" uid=quay,ou=Services,dc=lab,dc=test
}

answers() { timeout 5 ldapsearch -x -H ldap://ldap.lab.test -b '' -s base; }

status() {
  LDAPTLS_CACERT=$lab/certificates/ca.crt timeout 5 ldapwhoami -x -H ldaps://ldap.lab.test \
    -D uid=quay,ou=Services,dc=lab,dc=test -w quay-password >/dev/null
}
"$@"
