#!/usr/bin/env bash
# The image of the stand-in as an archive: the program, the libraries it needs, and little more.
#
# usage: image.sh PROGRAM ARCHIVE
set -euo pipefail

program=$1
archive=$2
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT

mkdir -p "$top"/{etc/ssl/certs,usr/local/bin,conf/stack,datastorage,quay-registry,tmp,run}
chmod 1777 "$top/tmp"
# Quay's image has its folder twice.
ln -s /conf "$top/quay-registry/conf"
cp "$program" "$top/usr/local/bin/quay-standin"
ldd "$program" | grep -o '/[^ ]*' | while read -r library; do
  install -D "$library" "$top$library"
done
echo 'root:x:0:0:root:/:/sbin/nologin' >"$top/etc/passwd"
echo 'quay:x:1001:0:quay:/:/sbin/nologin' >>"$top/etc/passwd"
echo 'root:x:0:' >"$top/etc/group"
echo 'hosts: files dns' >"$top/etc/nsswitch.conf"
cp /etc/ssl/certs/ca-certificates.crt "$top/etc/ssl/certs/" 2>/dev/null || true
tar -C "$top" --numeric-owner --owner=0 --group=0 -cf "$archive" .
