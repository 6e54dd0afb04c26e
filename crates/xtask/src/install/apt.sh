# Installs packages, and starts nothing of what they bring: neither now nor when the machine is
# started the next time. It touches no package that was there before: apt.sh PACKAGE...
set -eu
export DEBIAN_FRONTEND=noninteractive

installed() { dpkg-query -W -f '${Package} ${db:Status-Status}\n' | grep ' installed$' | sort -u; }

# Also when somebody breaks off: no package could start a service here any more.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi

before=$(installed)
apt-get -o DPkg::Lock::Timeout=600 update -qq
apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends "$@"

# What is new, by name.
new=$(installed | grep -vxF "$before" | cut -d' ' -f1) || new=
for package in $new; do
  dpkg -L "$package" | while read -r file; do
    case $file in
    */systemd/system/*@.* | */systemd/system/*/*) ;;
    */systemd/system/*.service | */systemd/system/*.socket | */systemd/system/*.target | */systemd/system/*.timer | */systemd/system/*.path)
      ! command -v systemctl >/dev/null || systemctl --quiet disable "${file##*/}" 2>/dev/null || true
      ;;
    /etc/init.d/*) update-rc.d "${file##*/}" disable >/dev/null 2>&1 || true ;;
    esac
  done
done
