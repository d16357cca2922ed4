#!/bin/bash
# All the real servers that the integration tests need, and the tools to talk to them.
#
#   servers.sh up        brings up what is not up yet; prints a line per server; the first time takes ten minutes or more
#   servers.sh down      stops what up has started and keeps the data; WIPE=1 removes it
#   servers.sh status    a line per server; fails unless all run
#   servers.sh env       what a shell needs: eval "$(hack/servers.sh env)"
#
# ITO_STATE is where they keep everything; two of them are two independent sets of servers.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

HACK=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PARTS=(kubernetes openstack tools prometheus cluster)

# together COMMAND PART...: at the same time; each tells on standard error how it fails
together() {
  local command=$1 part failed=() pids=() i
  shift
  set -m # a process group for each, which can be ended with all its children
  for part; do
    "$HACK/$part.sh" "$command" &
    pids+=($!)
  done
  set +m
  trap 'kill -TERM -- "${pids[@]/#/-}" 2>/dev/null; exit 130' INT TERM
  for i in "${!pids[@]}"; do wait "${pids[i]}" || failed+=("${@:i+1:1}"); done
  trap - INT TERM
  ((${#failed[@]} == 0)) || die "failed: ${failed[*]}"
}

up() {
  "$HACK/kubernetes.sh" packages # apt does one thing at a time, and the build is what takes longest
  together up "${PARTS[@]}" >/dev/null # cluster.sh waits for what kubernetes.sh builds
  status
}

status() {
  local ok=0
  "$HACK/kubernetes.sh" status || ok=1
  "$HACK/openstack.sh" status || ok=1
  "$HACK/cluster.sh" status || ok=1
  return "$ok"
}

down() { together down kubernetes openstack cluster; }

environment() {
  local part
  printf 'export ITO_STATE=%q\n' "$STATE"
  for part in "${PARTS[@]}" image; do "$HACK/$part.sh" env; done
}

main() {
  case ${1:-} in
    up) up ;;
    down) down ;;
    status) status ;;
    env) environment ;;
    *) usage ;;
  esac
}
main "$@"; exit # one line, read at once: the file may be replaced while this runs
