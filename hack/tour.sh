#!/usr/bin/env bash
# A tour on the embedded servers: declare tags, cause drift, move a tag, break the credentials. It waits for Enter between the steps; with
# TOUR=auto, or without a terminal, it runs by itself. `make tour` builds what is needed.
#
# KUBECTL names a kubectl, by default the one in PATH or that of hack/tools.sh. Without one (KUBECTL=) the operator's own commands do it.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$PWD/artifacts/bin
operator=${TOUR_OPERATOR:-$bin/image-tag-operator} sandbox=${TOUR_SANDBOX:-$bin/image-tag-sandbox}
tools=("${XDG_CACHE_HOME:-$HOME/.cache}"/image-tag-operator/tools-*/kubectl)
[[ -x ${tools[0]} ]] || tools=("")
kubectl=${KUBECTL-$(command -v kubectl || echo "${tools[0]}")}
folder=$(mktemp -d) pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait || true; rm -rf "$folder"' EXIT

step() { printf '\n== %s\n' "$1"; }
say() { printf '   %s\n' "$@"; }
show() { printf '   $ %s\n' "$1"; }
pause() {
  [[ ${TOUR-} != auto && -t 0 ]] || return 0
  read -rp '   Enter goes on, Ctrl-C ends the tour. '
}
# Runs the command until its output has the text.
await() {
  local text=$1
  shift
  for _ in $(seq 240); do
    if "$@" 2>/dev/null | grep -q -- "$text"; then return; fi
    sleep 0.5
  done
  echo "The tour waited in vain for '$text'. The operator's log:" >&2
  cat "$folder/operator.log" >&2
  exit 1
}
k() { "$kubectl" "$@"; }
# Shows a command and runs it. plan ends with 2 when there are changes.
run() {
  show "$*"
  if [[ $1 == kubectl ]]; then shift; set -- k "$@"; else shift; set -- "$operator" "$@"; fi
  "$@" 2>&1 | sed 's/^/   /' || [[ ${PIPESTATUS[0]} == 2 || ${MAY_FAIL-} ]]
}
ready() { k get its ubuntu -o 'jsonpath={.metadata.generation}={.status.observedGeneration} {.status.conditions[0].reason}{"\n"}'; }
secret() { k create secret generic openstack-clouds --from-file=clouds.yaml="$1" --dry-run=client -o yaml | k apply -f - >/dev/null; }

"$sandbox" serve "$folder/served" >"$folder/log" &
pids+=($!)
await 'Ctrl-C here ends it' cat "$folder/log"
export KUBECONFIG=$folder/served/kubeconfig OS_CLIENT_CONFIG_FILE=$folder/served/clouds.yaml
cd "$folder/served"
# What the sandbox prints for a drift gets a token, and has the address of the tag.
eval "$(sed -n '/^ *TOKEN=/,/tr -d/p' "$folder/log" | sed 's/TOKEN=/token=/')"
url=$(grep -o 'http[^ ]*/v2/images/[^ ]*/tags/golden' "$folder/log" | head -1)
image=${url#*/v2/images/}
image=${image%%/*}

step 'An image in a cloud, and what it should have'
say 'The image ubuntu-24.04 has the tag nightly. This file declares golden and lts:'
sed 's/^/   | /' ubuntu.yaml
run image-tag-operator plan -f ubuntu.yaml
pause

step 'Declare it'
if [[ $kubectl ]]; then
  "$operator" crd --no-cel | k apply -f - >/dev/null
  secret clouds.yaml
  "$operator" run --health-address http://127.0.0.1:0 >"$folder/operator.log" 2>&1 &
  pids+=($!)
  run kubectl apply -f ubuntu.yaml
  await 'InSync' ready
  run kubectl get its
else
  say 'There is no kubectl here, so the command line does once what the operator does all the time.'
  run image-tag-operator apply -f ubuntu.yaml
fi
await golden "$operator" export --cloud demo
pause

step 'Cause drift: somebody removes golden'
show "curl -X DELETE .../v2/images/$image/tags/golden"
curl -sf -X DELETE -H "X-Auth-Token: $token" "$url"
if [[ $kubectl ]]; then
  await 'Put back golden' k get events
  run kubectl get events --field-selector reason=TagsAdded
else
  run image-tag-operator plan -f ubuntu.yaml
  run image-tag-operator apply -f ubuntu.yaml
fi
await golden "$operator" export --cloud demo
say 'golden is back.'
pause

step 'Move the tags: the same set, another image'
sed -i 's/name: ubuntu-24.04/name: debian-12/' ubuntu.yaml
sed -n '/image:/p' ubuntu.yaml | sed 's/^/   | /'
if [[ $kubectl ]]; then
  run kubectl apply -f ubuntu.yaml
  await 'Removed golden' k get events
  run kubectl get events --field-selector reason=TagsRemoved
  say 'The new image gets the tags first. Then the old one loses them.'
else
  run image-tag-operator apply -f ubuntu.yaml
  say 'The operator would now remove them from ubuntu-24.04. apply has no status, so it does not know that they are ours.'
fi
pause

step 'Break the credentials'
sed 's/demo-secret/wrong/' clouds.yaml >broken.yaml
if [[ $kubectl ]]; then
  show 'kubectl create secret generic openstack-clouds --from-file=clouds.yaml=broken.yaml --dry-run=client -o yaml | kubectl apply -f -'
  secret broken.yaml
  await 'CredentialsRejected' ready
  run image-tag-operator status -o wide
  say 'No tag changed. The message says what to correct, so we correct it:'
  secret clouds.yaml
  await 'InSync' ready
  run kubectl get its
else
  OS_CLIENT_CONFIG_FILE=$PWD/broken.yaml MAY_FAIL=1 run image-tag-operator plan -f ubuntu.yaml
  say 'No tag changed. The message says what to correct, so we correct it:'
  run image-tag-operator plan -f ubuntu.yaml
fi

step 'The end'
say 'Everything that ran is stopped now. make sandbox serves the same for your own experiments.'
