# shellcheck shell=bash
# Helpers for the scripts beside this file, which source it. Nothing here knows a particular server.
#
# A group of servers (kubernetes, openstack) lives in a folder of its own below the state root. The script of the group
# sets DIR to that folder, and the functions below keep in it:
#   run/NAME.pid    "pid starttime" of a server, so that a recycled pid is never taken for ours
#   run/NAME.spec   the command line and configuration it was started with
#   run/NAME.port   a port that was picked, so that a restart comes back on the same one
#   log/NAME.log    what a server prints
set -euo pipefail

export LC_ALL=C.UTF-8 PATH="/usr/sbin:/usr/bin:/sbin:/bin:$PATH" # Debian's own python3 before any other
export no_proxy="127.0.0.1,localhost${no_proxy:+,$no_proxy}"      # all of this is loopback
export NO_PROXY=$no_proxy

CACHE=$HOME/.cache/image-tag-operator # binaries; shared by every state root
# shellcheck disable=SC2034 # for the scripts that source this
STATE=$(realpath -m "${ITO_STATE:-$CACHE/run}") # what the servers keep
ME=$(basename "$0" .sh)
ROOT=/ # the root folder of the servers

log() { printf '%(%T)T %s: %s\n' -1 "$ME" "$*" >&2; }
die() { log "ERROR: $*"; exit 1; }

# die_with LOG MESSAGE: also shows how the log ends
die_with() { [[ ! -e $1 ]] || tail -n 20 "$1" >&2; die "$2 (log: $1)"; }

# One caller at a time holds a lock file; the kernel gives it up when that process ends, however it ends.
lock() {
  local fd
  mkdir -p "$(dirname "$1")"
  exec {fd}>>"$1"
  flock -n "$fd" || { log "waiting for another run to let go of $1"; flock "$fd"; }
}

# write FILE: standard input becomes the file's content at once, never half of it; only the owner may read it
write() { (umask 077; cat >"$1.new") && mv "$1.new" "$1"; }

# ---- packages -------------------------------------------------------------------------------------------------------

missing_packages() {
  local have p
  have=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null) || true
  for p; do grep -qx "$p installed" <<<"$have" || echo "$p"; done
}

# Installs what is missing and starts nothing: policy-rc.d is how Debian is told not to start the services it installs.
packages() {
  local lacking missing policy=/usr/sbin/policy-rc.d out=$CACHE/apt.log
  mapfile -t lacking < <(missing_packages "$@")
  ((${#lacking[@]})) || return 0
  ((EUID == 0)) || die "needs root to install ${lacking[*]}"
  (
    lock "$CACHE/apt.lock" # apt's own lock on its lists does not wait
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || exit 0
    log "installing ${missing[*]}"
    if [[ ! -e $policy ]] || grep -q image-tag-operator "$policy"; then # the latter: left by a run that was killed
      trap 'rm -f "$policy"' EXIT
      printf '#!/bin/sh\n# image-tag-operator: while its test servers are being installed\nexit 101\n' >"$policy"
      chmod +x "$policy"
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt=(apt-get -q -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0)
    install=("${apt[@]}" install -y --no-install-recommends "${missing[@]}")
    "${install[@]}" >"$out" 2>&1 && exit 0
    dpkg --configure -a >>"$out" 2>&1 || true # an earlier run may have been killed half-way
    apt_update "${apt[@]}" && "${install[@]}" >>"$out" 2>&1
  ) || die_with "$out" "could not install ${lacking[*]}"
}

# Somebody else's apt may hold the lists, for which apt-get does not wait.
apt_update() {
  local try
  for try in {1..30}; do
    "$@" update >>"$CACHE/apt.log" 2>&1 && return 0
    tail -n 3 "$CACHE/apt.log" | grep -q 'Could not get lock\|Unable to lock' || return 1
    ((try == 30)) || sleep 4
  done
  return 1
}

# ---- other releases of Debian ---------------------------------------------------------------------------------------

# release NAME FOLDER PACKAGE...: that release of Debian in a folder, with these packages. None of its services is started.
release() {
  local name=$1 folder=$2 INSIDE ROOT
  shift 2
  debootstrap --variant=minbase --keyring=/usr/share/keyrings/debian-archive-keyring.gpg "$name" "$folder" "$(mirror)" &&
    printf '#!/bin/sh\nexit 101\n' >"$folder/usr/sbin/policy-rc.d" && chmod +x "$folder/usr/sbin/policy-rc.d" &&
    echo 'Acquire::Check-Valid-Until "false";' >"$folder/etc/apt/apt.conf.d/99snapshot" && # the mirror may be a frozen copy
    enter "$folder" &&
    "${INSIDE[@]}" apt-get -q update &&
    "${INSIDE[@]}" apt-get -q install -y --no-install-recommends "$@" && "${INSIDE[@]}" apt-get clean
}

# The machine's own mirror, so no host is named here.
mirror() { awk '/^URIs:/ {print $2; exit}' /etc/apt/sources.list.d/debian.sources; }

# enter FOLDER [SHARED]: puts into INSIDE what runs a command in such a folder. The command also sees the folder SHARED, under its
# own name. That and /proc are mounted in a mount namespace of its own, which ends with the command.
enter() {
  ROOT=$1
  # shellcheck disable=SC2016,SC2034 # the inner shell's; for the scripts that source this
  INSIDE=(unshare --mount --propagation private bash -c 'mount -t proc proc "$0/proc" &&
    { [[ -z $1 ]] || { mkdir -p "$0$1" && mount --bind "$1" "$0$1"; }; } && shift &&
    exec chroot "$0" /usr/bin/env -i ITO_SERVER="${ITO_SERVER:-}" "$@"' "$ROOT" "${2:-}"
    PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive)
}

# ---- keys -----------------------------------------------------------------------------------------------------------

EC=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)

# authority NAME: a certificate authority in the current folder, whose key is ca.key
authority() { openssl req -x509 "${EC[@]}" -keyout ca.key -out ca.crt -days 3650 -subj "/CN=$1"; }

# certificate NAME SUBJECT USAGE [ALTERNATIVE-NAMES]: NAME.crt, signed by the authority of the current folder, and NAME.key
certificate() {
  openssl req "${EC[@]}" -keyout "$1.key" -out "$1.csr" -subj "$2"
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -out "$1.crt" -days 3650 \
    -extfile <(echo "extendedKeyUsage=$3"; [[ -z ${4:-} ]] || echo "subjectAltName=$4")
}

# ---- ports ----------------------------------------------------------------------------------------------------------

listening() { # PORT: on any address
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
    awk -v p=":$(printf %04X "$1")" '$4 == "0A" && substr($2, length($2) - 4) == p {found = 1} END {exit !found}'
}

# port SERVER [NAME]: prints the port to use for SERVER. The one of last time, unless somebody else took it meanwhile.
# New ones lie below the kernel's range for outgoing connections: one of those may not take a port while its server is down.
port() {
  local file=$DIR/run/${2:-$1}.port port='' low=20000 high try
  { read -r port <"$file"; } 2>/dev/null || true
  if alive "$1" && [[ -n $port ]]; then echo "$port"; return; fi
  sweep "$1"
  for ((try = 0; ${#port} && try < 30; try++)); do # a process that was killed may take a moment to let go of its port
    listening "$port" || { echo "$port"; return; }
    sleep 0.1
  done
  read -r high _ </proc/sys/net/ipv4/ip_local_port_range
  ((high > low + 1000)) || { low=10000 high=20000; }
  while port=$((low + SRANDOM % (high - low))); listening "$port"; do :; done
  echo "$port" | write "$file"
  echo "$port"
}

port_of() { cat "$DIR/run/$1.port" 2>/dev/null || echo '?'; }

# ---- processes ------------------------------------------------------------------------------------------------------

# starttime PID: in clock ticks since boot; fails when there is no such process, or only its zombie
starttime() {
  local stat
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  read -ra stat <<<"${stat##*) }" # the name before it may hold anything
  [[ ${stat[0]} != Z ]] && echo "${stat[19]}"
}

pid_of() { # NAME: prints the pid, or fails when the server does not run
  local pid started
  { read -r pid started <"$DIR/run/$1.pid"; } 2>/dev/null || return 1
  [[ -n $started && $(starttime "$pid") == "$started" ]] && echo "$pid"
}
alive() { pid_of "$1" >/dev/null; }

# start NAME COMMAND...: leaves a server alone that runs with this very command line (and content of $CONFIG, if set), and
# restarts one that runs with another. It gets a session of its own and nothing of the caller's: no terminal, no pipe, no lock.
start() {
  local name=$1 spec
  shift
  spec=$(printf '%q ' "$@"; cat "${CONFIG:-/dev/null}")
  if alive "$name"; then
    [[ $spec == "$(cat "$DIR/run/$name.spec" 2>/dev/null)" ]] && return 0
    log "$name: its settings have changed, restarting it"
    stop "$name"
  fi
  sweep "$name"
  rm -f "$DIR/run/$name.pid"
  write "$DIR/run/$name.spec" <<<"$spec"
  (
    exec </dev/null >>"$DIR/log/$name.log" 2>&1
    for fd in /proc/self/fd/*; do fd=${fd##*/}; ((fd < 3)) || eval "exec $fd>&-"; done
    cd "$DIR"
    pid=$BASHPID
    echo "$pid $(starttime "$pid")" | write "$DIR/run/$name.pid" # before exec: no moment when it runs unknown to us
    ITO_SERVER=$DIR/$name exec setsid "$@"
  ) &
  until [[ -e $DIR/run/$name.pid ]] || ! kill -0 $! 2>/dev/null; do sleep 0.01; done
}

# await NAME COMMAND...: until the command succeeds; gives up when the server ends, or after three minutes (a busy machine)
await() {
  local name=$1 deadline=$((SECONDS + 180))
  shift
  until "$@" >/dev/null 2>&1; do
    alive "$name" || die_with "$DIR/log/$name.log" "$name has ended"
    ((SECONDS < deadline)) || die_with "$DIR/log/$name.log" "$name does not answer"
    sleep 0.1
  done
}

# sweep NAME: kills what is left of a server whose first process is gone. Workers outlive a parent that was killed, hold its
# port and go on answering. They are known by a variable that only our own servers and their children have, and by having
# their root: a container's servers may be seen from here, under the same name.
sweep() {
  local pids
  while
    mapfile -t pids < <(grep -lszxF "ITO_SERVER=$DIR/$1" /proc/[0-9]*/environ |
      while IFS=/ read -r _ _ pid _; do [[ ! /proc/$pid/root -ef $ROOT ]] || echo "$pid"; done)
    ((${#pids[@]}))
  do
    kill -KILL "${pids[@]}" 2>/dev/null || true
    sleep 0.02 # again: a parent may have replaced a worker meanwhile
  done
}

stop() { # NAME: asks first, and insists after 10 s
  local pid i
  if pid=$(pid_of "$1"); then
    kill -TERM "$pid" 2>/dev/null || true
    for ((i = 0; i < 100; i++)); do alive "$1" || break; sleep 0.1; done
    log "$1 ($pid) stopped"
  fi
  sweep "$1"
  rm -f "$DIR/run/$1.pid"
}

crash() { # NAME: SIGKILL for the server and its workers, as a crash of the machine would
  alive "$1" || log "$1 does not run"
  sweep "$1"
  rm -f "$DIR/run/$1.pid"
}

report() { # NAME WHAT: one line on a server; fails when it does not run
  local pid
  if pid=$(pid_of "$1"); then echo "$1: running, pid $pid, $2, log $DIR/log/$1.log"; else
    echo "$1: stopped, $2, log $DIR/log/$1.log"
    return 1
  fi
}

# ---- commands -------------------------------------------------------------------------------------------------------

usage() { sed -n '2,/^# shellcheck/{/shellcheck/!s/^# \{0,1\}//p}' "$0" >&2; exit 2; }

one_of() { # NAME SERVER...: the name must be one of the servers
  local name=$1 s
  shift
  for s; do [[ $name != "$s" ]] || return 0; done
  die "no server '$name': one of $*"
}

# restart NAME SERVER...: starts one server. If it had to move to another port, those that run and depend on it follow.
restart() {
  local name=$1 s
  shift
  [[ -e $DIR/run/$name.spec ]] || die "$name was never up: run '$0 up' first"
  "start_$name"
  for s; do ! alive "$s" || "start_$s"; done
}
