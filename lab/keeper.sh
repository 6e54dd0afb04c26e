# Where the lab of this machine is. There is one at most: its interface has one name.

# The process that keeps the namespaces, and the folder of the lab: a line, or nothing.
find_keeper() {
  for process in /proc/[0-9]*; do
    line=$(tr '\0' ' ' 2>/dev/null <"$process/cmdline") || continue
    case $line in
    unshare\ *" bash parts/hold.sh "*)
      line=${line#* bash parts/hold.sh }
      echo "${process#/proc/} ${line% }"
      return
      ;;
    esac
  done
}

# The first process in the namespaces of the lab in a folder; whoever asks ends if there is none.
find_first() {
  keeper=$(cat "$1/pid" 2>/dev/null) || keeper=none
  if ! tr '\0' ' ' 2>/dev/null <"/proc/$keeper/cmdline" | grep -qF "bash parts/hold.sh "; then
    echo 'the lab is not up; start it with: make lab' >&2
    exit 1
  fi
  read -r first _ <"/proc/$keeper/task/$keeper/children" || true
  echo "$first"
}
