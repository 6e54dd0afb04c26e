# What the parts of the lab have in common. Each part is a script in the namespaces of the lab and
# knows these verbs: prepare (once), start, stop [PROCESS], status (exit 0: it works). Those with a
# certificate also know: expire, renew; those with a disk of their own: fill, empty.
set -euo pipefail
umask 022

lab=/run/lab
files=$lab/files
part=${PART:-$(basename "$0" .sh)}
folder=$lab/$part
# What a process is asked to end with, and how long it may take.
stop_signal=TERM
stop_seconds=10

# Starts a process in the background, unless it runs: run NAME COMMAND...
run() {
  local name=$1
  shift
  is_running "$name" && return
  cd "$folder"
  setsid sh -c 'echo $$ >"$0.pid"; exec "$@" >>"$0.log" 2>&1 </dev/null' "$name" "$@" &
}

is_running() {
  [ -s "$folder/$1.pid" ] && kill -0 "$(cat "$folder/$1.pid")" 2>/dev/null
}

# A disk of its own, so that it can be filled: mount_disk SIZE
disk=$folder/disk
mount_disk() {
  mkdir -p "$disk"
  mount -t tmpfs -o "size=$1,mode=755" tmpfs "$disk"
}

# Fills the disk to the last byte.
fill() {
  if ! mountpoint -q "$disk"; then
    echo "$part has no disk of its own" >&2
    return 1
  fi
  dd if=/dev/zero of="$disk/fill" bs=1M 2>/dev/null || true
}

empty() { rm -f "$disk/fill"; }

# Waits until a command succeeds: wait_for SECONDS COMMAND...
wait_for() {
  local tries=$(($1 * 5))
  shift
  until "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    if [ "$tries" -le 0 ]; then
      echo "$part: not ready: $*" >&2
      tail -n 5 "$folder"/*.log >&2 || true
      return 1
    fi
    sleep 0.2
  done
}

# Ends one process, or all of them.
stop() {
  local file
  if [ $# -gt 0 ]; then
    end "$1"
    return
  fi
  for file in "$folder"/*.pid; do
    end "$(basename "$file" .pid)"
  done
}

end() {
  local pid tries=$((stop_seconds * 10))
  is_running "$1" || return 0
  pid=$(cat "$folder/$1.pid")
  kill "-$stop_signal" "$pid"
  while kill -0 "$pid" 2>/dev/null; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || kill -KILL "$pid" 2>/dev/null || true
    sleep 0.1
  done
  rm -f "$folder/$1.pid"
}

restart() {
  stop
  start
}

# Puts a certificate of the lab and its key where the service reads it.
take_certificate() {
  if [ -z "${certificate:-}" ]; then
    echo "$part has no certificate" >&2
    return 1
  fi
  cp "$lab/certificates/$certificate${1:-}.crt" "$folder/server.crt"
  cp "$lab/certificates/$certificate.key" "$folder/server.key"
}

# Goes on with a certificate whose time is over.
expire() {
  take_certificate .expired
  restart
}

# Goes on with a good one.
renew() {
  take_certificate
  restart
}
