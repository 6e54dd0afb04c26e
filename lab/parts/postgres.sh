#!/usr/bin/env bash
# PostgreSQL with encrypted connections, and Quay's database in it.
. "$(dirname "$0")/verbs.sh"

programs=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin | sort -V | tail -n 1)
# It refuses to run as root.
as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups env "HOME=$folder")
certificate=db01
# At once, whoever is connected.
stop_signal=INT

prepare() {
  mkdir -p "$folder"
  mount_disk 384m
  take_certificate
  echo postgres-password >"$folder/password"
  chown -R postgres "$folder"
  chmod 600 "$folder/password"
  "${as_postgres[@]}" "$programs/initdb" -D "$disk/data" -U postgres \
    --pwfile="$folder/password" -A scram-sha-256 -E UTF8 --no-locale -N >"$folder/initdb.log"
  echo 'hostssl all all all scram-sha-256' >>"$disk/data/pg_hba.conf"
  start
  ask postgres "CREATE ROLE quayuser LOGIN SUPERUSER PASSWORD 'quay-password'"
  ask postgres 'CREATE DATABASE quaydb OWNER quayuser'
  ask quaydb 'CREATE EXTENSION pg_trgm'
}

start() {
  chown postgres "$folder"/server.*
  chmod 600 "$folder/server.key"
  run postgres "${as_postgres[@]}" "$programs/postgres" -D "$disk/data" \
    -c listen_addresses=10.189.0.10 -c port=5432 -c "unix_socket_directories=$folder" \
    -c fsync=off -c max_connections=200 -c max_wal_size=64MB \
    -c ssl=on -c "ssl_cert_file=$folder/server.crt" -c "ssl_key_file=$folder/server.key"
  wait_for 20 answers
}

# ask DATABASE STATEMENT
ask() { client 30 "$@"; }

# client SECONDS DATABASE STATEMENT
client() {
  PGPASSWORD=postgres-password timeout "$1" psql -qh db01.lab.test -U postgres -d "$2" -v ON_ERROR_STOP=1 -c "$3"
}

answers() { client 5 postgres 'SELECT 1' >/dev/null; }

status() {
  PGSSLMODE=verify-full PGSSLROOTCERT=$lab/certificates/ca.crt answers
}
"$@"
