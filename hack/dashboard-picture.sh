#!/usr/bin/env bash
# Draws docs/pictures/dashboard.svg: the panels of the dashboard for Grafana, without Grafana. Debian's Prometheus scrapes the operator on
# the embedded servers for about 90 seconds, in which sets converge, tags drift and move, a Secret breaks, and a set has a conflict.
# `make dashboard-picture` builds what is needed. It needs kubectl, python3 and, as `hack/prometheus.sh up` installs it, Prometheus.
#
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$(dirname "$0")/.."
root=$PWD bin=$PWD/artifacts/bin
operator=${PICTURE_OPERATOR:-$bin/image-tag-operator} sandbox=${PICTURE_SANDBOX:-$bin/image-tag-sandbox}
for tool in prometheus kubectl curl python3; do command -v "$tool" >/dev/null || die "there is no $tool here"; done

DIR=$(mktemp -d)
mkdir "$DIR/run" "$DIR/log"
trap 'for name in prometheus operator sandbox; do stop "$name"; done; rm -rf "$DIR"' EXIT
served=$DIR/served

secret() { kubectl create secret generic "$1" --from-file=clouds.yaml="$2" --dry-run=client -o yaml | kubectl apply -f - >/dev/null; }
set_on() { # NAME SECRET IMAGE TAGS [POLICY]: declares an ImageTagSet
  kubectl apply -f - >/dev/null <<SET
apiVersion: imagetags.io/v1alpha1
kind: ImageTagSet
metadata: {name: $1, namespace: default}
spec:
  cloudCredentialsRef: {secretName: $2, cloudName: demo}
  image: $3
  tags: $4
  policy: ${5:-Additive}
  interval: 10s
SET
}
reason() { [[ $(kubectl get its "$1" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].reason}') == "$2" ]]; }
glance() { curl -sf -H "X-Auth-Token: $token" "$@"; }
id_of() { grep -o '"id": *"[^"]*"' | head -1 | cut -d '"' -f 4; }
image() { # NAME: a new image with data; prints its id
  local id
  id=$(glance "$images" -H 'Content-Type: application/json' \
    -d "{\"name\": \"$1\", \"disk_format\": \"raw\", \"container_format\": \"bare\"}" | id_of)
  glance -X PUT "$images/$id/file" -H 'Content-Type: application/octet-stream' -d data
  echo "$id"
}
has() { glance "$images/$1" | grep -q "\"$2\""; }
lacks() { ! has "$@"; }

log 'starting the embedded servers, the operator and Prometheus'
start sandbox "$sandbox" serve "$served"
await sandbox grep -q 'Ctrl-C here ends it' "$DIR/log/sandbox.log"
export KUBECONFIG=$served/kubeconfig OS_CLIENT_CONFIG_FILE=$served/clouds.yaml
# What the sandbox prints for a drift gets a token, and has the address of the tag.
eval "$(sed -n '/^ *TOKEN=/,/tr -d/p' "$DIR/log/sandbox.log" | sed 's/TOKEN=/token=/')"
url=$(grep -o 'http[^ ]*/v2/images/[^ ]*/tags/golden' "$DIR/log/sandbox.log" | head -1)
images=${url%/*/tags/golden}
ubuntu=${url#"$images/"} ubuntu=${ubuntu%%/*}
rocky=$(image rocky-9) fedora=$(image fedora-42) web=$(image web-1)
image flatcar >/dev/null
image web-2 >/dev/null
"$operator" crd --no-cel | kubectl apply -f - >/dev/null
secret openstack-clouds "$served/clouds.yaml"
secret team-clouds "$served/clouds.yaml"
sed 's/demo-secret/wrong/' "$served/clouds.yaml" >"$DIR/broken.yaml"

health=127.0.0.1:$(port operator)
start operator "$operator" run --health-address "http://$health"
await operator curl -sf "http://$health/readyz"
address=127.0.0.1:$(port prometheus)
cat >"$DIR/prometheus.yml" <<CONFIG
global: {scrape_interval: 1s}
scrape_configs:
- job_name: image-tag-operator
  static_configs:
  - targets: ['$health']
    labels: {cluster: sandbox, namespace: image-tag-system}
CONFIG
start prometheus prometheus --config.file="$DIR/prometheus.yml" --storage.tsdb.path="$DIR/data" --web.listen-address="$address"
await prometheus curl -sf "http://$address/-/ready"
began=$(date +%s)
sleep 5 # a stretch without events; so are the others below

log 'sets converge'
set_on ubuntu openstack-clouds '{name: ubuntu-24.04}' '[golden, lts]'
set_on debian openstack-clouds '{name: debian-12}' '[golden, stable]'
set_on rocky openstack-clouds '{name: rocky-9}' '[golden]'
set_on fedora openstack-clouds '{name: fedora-42}' '[golden, current]' Exact
set_on web openstack-clouds '{selector: {names: [web-*]}}' '[tested, web]'
set_on flatcar team-clouds '{name: flatcar}' '[edge]'
for name in ubuntu debian rocky fedora web flatcar; do await operator reason "$name" InSync; done
sleep 12

log 'tags drift'
glance -X DELETE "$images/$ubuntu/tags/golden"
await operator has "$ubuntu" golden
sleep 6

log 'a Secret breaks'
secret team-clouds "$DIR/broken.yaml"
await operator reason flatcar CredentialsRejected
sleep 6

log 'more tags drift, and a set has a conflict'
glance -X DELETE "$images/$web/tags/tested"
glance -X DELETE "$images/$rocky/tags/golden"
glance -X PUT "$images/$fedora/tags/intruder"
set_on fedora-release openstack-clouds '{name: fedora-42}' '[released]' Exact
await operator reason fedora-release Conflict
await operator has "$web" tested
await operator has "$rocky" golden
await operator lacks "$fedora" intruder
sleep 8

log 'the Secret is corrected, and a tag moves'
secret team-clouds "$served/clouds.yaml"
await operator reason flatcar InSync
sleep 4
set_on ubuntu openstack-clouds '{name: debian-12}' '[golden, lts]'
await operator lacks "$ubuntu" lts
sleep 15

log 'drawing'
"$root/hack/dashboard-picture.py" "$root/charts/image-tag-operator/files/dashboard.json" "http://$address" "$began" >"$DIR/dashboard.svg"
mv "$DIR/dashboard.svg" "$root/docs/pictures/dashboard.svg"
