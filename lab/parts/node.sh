#!/usr/bin/env bash
# A machine of the cluster, with the registry started as the manual does it. PART says which one:
# quay01, quay02 or quay03. It has a disk, a name, a Podman and folders of its own: what is run
# with `machine` finds /mnt/quay and /etc/containers as on any other machine.
. "$(dirname "$0")/verbs.sh"

number=${PART#quay0}
address=10.189.0.1$number
# Releases of the stand-in; the first one is started.
releases=(3.14.0 3.15.0)
image=localhost/quay-standin

prepare() {
  mount_disk 1g
  mkdir -p "$disk"/{podman,tmp,net,quay/config,quay/storage}
  write_settings
  boot
  for release in "${releases[@]}"; do
    podman import -q --change 'ENTRYPOINT ["/usr/local/bin/quay-standin"]' \
      --change 'CMD ["registry"]' --change 'USER 1001' \
      --change 'EXPOSE 8080' --change 'EXPOSE 8443' --change 'EXPOSE 9091' \
      --change "ENV STANDIN_VERSION=$release" --change "LABEL version=$release" \
      "$lab/image.tar" "$image:v$release" >/dev/null
  done
  apply
}

# Podman without systemd, and apart from every other Podman.
write_settings() {
  cat >"$folder/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=8192:8192", "nproc=8192:8192"]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
lock_type = "file"
tmp_dir = "$disk/tmp"
volume_path = "$disk/podman/volumes"
[network]
network_backend = "netavark"
network_config_dir = "$disk/net"
CONF
  cat >"$folder/storage.conf" <<CONF
[storage]
driver = "overlay"
graphroot = "$disk/podman/storage"
runroot = "$disk/podman/run"
CONF
  # The rules of a network are named after its number, so each node has another one.
  cat >"$disk/net/podman.json" <<CONF
{"name": "podman", "id": "$(echo "$part" | sha256sum | cut -c1-64)", "driver": "bridge",
 "network_interface": "lab$number", "created": "2026-01-01T00:00:00Z",
 "subnets": [{"subnet": "10.189.$number.0/24", "gateway": "10.189.$number.1"}],
 "ipv6_enabled": false, "internal": false, "dns_enabled": false,
 "ipam_options": {"driver": "host-local"}}
CONF
}

# The first process of the machine, which only keeps its view of folders.
boot() {
  run machine unshare --mount --uts bash "$lab/parts/node.sh" be_machine
  wait_for 10 test -e "$folder/booted"
}

be_machine() {
  hostname "$part"
  mount -t tmpfs tmpfs /mnt
  mkdir /mnt/quay
  mount --bind "$disk/quay" /mnt/quay
  for name in containers storage; do
    mount --bind "$folder/$name.conf" "/etc/containers/$name.conf"
  done
  touch "$folder/booted"
  exec sleep infinity
}

# Runs a command on the machine: machine COMMAND...
machine() { nsenter -t "$(cat "$folder/machine.pid")" --mount --uts --wd=/ -- "$@"; }

podman() { machine podman "$@"; }

# Puts the configuration where the container reads it: all of it, or, on a full disk, nothing. The
# bundles that the console keeps beside it stay where they are.
apply() {
  local next=$disk/quay/next
  rm -rf "$next"
  mkdir "$next"
  tar -C "$lab/config" --exclude='./quay-config*.tar.gz' -cf - . | tar -C "$next" -xf -
  chown -R 1001:0 "$disk/quay"
  find "$next" \( -name ssl.key -o -name config.yaml \) -exec chmod 600 {} +
  find "$disk/quay/config" -mindepth 1 -delete
  mv "$next"/* "$disk/quay/config"
  rmdir "$next"
}

# The command of the manual.
create() {
  podman run --restart=always -p "$address:443:8443" -p "$address:80:8080" \
    -p "$address:9091:9091" --sysctl net.core.somaxconn=4096 --privileged=true \
    -v /mnt/quay/config:/conf/stack:Z -v /mnt/quay/storage:/datastorage:Z \
    --name quay -d "$image:v${releases[0]}" >/dev/null
}

start() {
  run api nsenter -t "$(cat "$folder/machine.pid")" --mount --uts --wd=/ -- \
    podman system service --time=0 "unix://$folder/podman.sock"
  wait_for 10 curl -sf --unix-socket "$folder/podman.sock" http://podman/_ping
  if podman container exists quay; then
    podman start --all >/dev/null
  else
    create
  fi
}

# The machine is turned off: the containers first.
stop() {
  podman stop --all --time 10 >/dev/null
  end api
}

restart() { podman restart --time 10 quay >/dev/null; }

# Its certificate is one whose time is over; it stays so until it is renewed.
expire() {
  cp "$lab/certificates/registry.expired.crt" "$disk/quay/config/ssl.cert"
  restart
}

renew() {
  apply
  restart
}

# Nothing reaches the machine any more, and nothing says so: as when a cable is pulled.
unplug() {
  plug_in
  iptables -t raw -A PREROUTING -d "$address" -j DROP
  iptables -t raw -A OUTPUT -d "$address" -j DROP
}

plug_in() {
  iptables -t raw -D PREROUTING -d "$address" -j DROP 2>/dev/null || true
  iptables -t raw -D OUTPUT -d "$address" -j DROP 2>/dev/null || true
}

status() { curl -sf -m 10 -o /dev/null "http://$address/health/instance"; }
"$@"
