#!/usr/bin/env bash
# Ceph: a monitor, a manager, three places for objects in memory, and the gateway that Quay uses.
. "$(dirname "$0")/verbs.sh"

conf=$folder/ceph.conf
address=10.189.0.14
# The empty body's digest, which the gateway wants to see and not every curl sends.
empty=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
export CEPH_CONF=$conf
set -E

ceph() { timeout 60 ceph -c "$conf" "$@"; }
admin() { timeout 60 radosgw-admin -c "$conf" "$@"; }

# What it says on the way is written down, and shown only if it does not get there.
prepare() {
  trap 'tail -n 20 "$folder/prepare.log" >&2' ERR
  mkdir -p "$folder"/{run,mon,mgr,rgw}
  cd "$folder"
  cp "$files/ceph.conf" .
  {
    ceph-authtool -C keyring --gen-key -n mon. --cap mon 'allow *'
    ceph-authtool keyring --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' \
      --cap mgr 'allow *'
    monmaptool --create --clobber --addv a "[v2:$address:3300,v1:$address:6789]" \
      --fsid "$(sed -n 's/^fsid = //p' ceph.conf)" monmap
    ceph-mon -c "$conf" --mkfs -i a --monmap monmap --keyring keyring
    start_monitor
    ceph mon enable-msgr2
    ceph auth get-or-create mgr.x mon 'allow profile mgr' osd 'allow *' -o mgr/keyring
    for id in 0 1 2; do
      add_osd "$id"
    done
    ceph auth get-or-create client.rgw.quay mon 'allow rw' osd 'allow rwx' mgr 'allow rw' \
      -o rgw/keyring
    start
    admin user create --uid quay --display-name quay \
      --access-key LABACCESSKEY --secret-key lab-secret-key
    wait_for 30 make_bucket
  } >prepare.log 2>&1
}

add_osd() {
  local uuid
  uuid=$(cat /proc/sys/kernel/random/uuid)
  mkdir -p "osd/$1"
  ceph osd new "$uuid" "$1"
  ceph auth get-or-create "osd.$1" mon 'allow profile osd' mgr 'allow profile osd' \
    osd 'allow *' -o "osd/$1/keyring"
  ceph-osd -c "$conf" -i "$1" --mkfs --osd-uuid "$uuid" --keyring "osd/$1/keyring"
}

make_bucket() {
  curl -sf --aws-sigv4 aws:amz:default:s3 -u LABACCESSKEY:lab-secret-key \
    -H "x-amz-content-sha256: $empty" -X PUT "http://$address:7480/quay"
}

# stop [PROCESS]: those who ask the monitor before the monitor.
stop() {
  local name
  for name in ${1:-rgw osd-0 osd-1 osd-2 mgr mon}; do
    end "$name"
  done
}

start_monitor() { run mon ceph-mon -f -c "$conf" -i a; }

start() {
  start_monitor
  run mgr ceph-mgr -f -c "$conf" -i x --keyring "$folder/mgr/keyring"
  for id in 0 1 2; do
    run "osd-$id" ceph-osd -f -c "$conf" -i "$id" --keyring "$folder/osd/$id/keyring"
  done
  run rgw radosgw -f -c "$conf" -n client.rgw.quay --keyring "$folder/rgw/keyring"
  wait_for 60 status
}

# As if its disks were full: what counts as full is set to next to nothing. It takes some seconds
# until every place for objects knows.
fill() {
  set_full 0.0003 0.0002 0.0001
  wait_for 30 is_full
}

empty() {
  set_full 0.95 0.9 0.85
  wait_for 30 has_room
}

is_full() { ceph health | grep -q '3 full osd'; }
has_room() { ! ceph health | grep -q full; }

# What part of the disks counts as full, too full to move data there, and nearly full.
set_full() {
  ceph osd set-full-ratio "$1"
  ceph osd set-backfillfull-ratio "$2"
  ceph osd set-nearfull-ratio "$3"
}

status() { curl -sf -m 5 -o /dev/null "http://$address:7480/"; }
"$@"
