#!/usr/bin/env bash
# The way from this machine to those of the lab. It is run outside of the lab's namespaces.
#
# usage: link.sh PROCESS     (one that runs in the lab)
set -euo pipefail

ip link add quaylab type veth peer name outside netns "$1"
ip address add 10.189.255.1/30 dev quaylab
ip link set quaylab up
nsenter -t "$1" --net ip address add 10.189.255.2/30 dev outside
nsenter -t "$1" --net ip link set outside up
ip route add 10.189.0.0/24 via 10.189.255.2
