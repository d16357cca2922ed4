#!/bin/bash
# A real Kubernetes API: etcd and kube-apiserver as plain processes on 127.0.0.1. No nodes, and no controllers but those asked for.
#
#   kubernetes.sh up            installs, builds (once), starts; does nothing when all runs; prints the state
#   kubernetes.sh down          stops all and keeps the data; WIPE=1 removes it
#   kubernetes.sh status        one line per server; fails unless all run
#   kubernetes.sh kill NAME     SIGKILL for etcd, kube-apiserver or kube-controller-manager
#   kubernetes.sh start NAME    brings it back on the same port
#   kubernetes.sh compact       compacts etcd to its current revision: an exact list or a continue token from before gets
#                               410 from then on; a watch does after a restart of kube-apiserver, whose cache serves it till then
#   kubernetes.sh packages      only installs what up would
#   kubernetes.sh programs      builds what is not built yet, and prints the folder
#   kubernetes.sh env           export KUBECONFIG=...
#
# CONTROLLERS (none): controllers for kube-controller-manager to run, such as "namespace". It holds for the call it is given to: give
# up and start the same.
#
# The kubeconfig has two users of group system:masters: "token" (the current context) and "certificate".
# In $ITO_STATE/kubernetes/log, audit.log has a JSON line per request, written before the answer ends: who (user.username,
# userAgent), what (verb, requestURI, objectRef) and the result (responseStatus.code), with stage ResponseComplete. A watch
# has one more, with stage ResponseStarted.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

DIR=$STATE/kubernetes
SERVERS=(etcd kube-apiserver kube-controller-manager)
CONTROLLERS=${CONTROLLERS:-}
PROGRAMS=(kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy) # cluster.sh runs them all
PATCH=reflect2-node # changes whenever build does, so that a binary of an older recipe is not taken for a current one

# ---- the programs, from Debian's source package ---------------------------------------------------------------------

# Prints the newest folder of programs that was built here; an archive that moves on does not cost everybody a build.
programs() { compgen -G "$CACHE/kubernetes-*-$PATCH/pause" | sort -V | tail -n 1 | xargs -r dirname | grep .; }

install_packages() {
  local want=(etcd-server openssl curl ca-certificates)
  programs >/dev/null || want+=(golang-go golang-github-modern-go-reflect2-dev make rsync jq dpkg-dev gcc libc6-dev)
  packages "${want[@]}"
}

build() {
  programs >/dev/null && return 0
  local work=$CACHE/build out=$CACHE/build.log started=$SECONDS
  lock "$CACHE/build.lock"
  ! programs >/dev/null || return 0
  log "building Kubernetes, 10 minutes or more, 3 GB of disk meanwhile (log: $out)"
  rm -rf "$work"
  mkdir -p "$work/lists/partial" "$work/sources"
  (cd "$work" && fetch_source && compile) >"$out" 2>&1 || die_with "$out" "could not build Kubernetes"
  rm -rf "$work"
  log "built in $((SECONDS - started)) s: $(programs)"
}

# deb-src lines are made from the machine's own list, so no host is named here, and are seen by these two calls only.
fetch_source() {
  local file apt=(apt-get -q -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$PWD/sources"
    -o "Dir::State::Lists=$PWD/lists" -o APT::Sandbox::User=root)
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/debian*.{list,sources}; do
    [[ ! -e $file ]] || sed 's/^Types:.*/Types: deb-src/; s/^deb /deb-src /' "$file" >"sources/${file##*/}"
  done
  "${apt[@]}" update && "${apt[@]}" source --download-only kubernetes && dpkg-source -x kubernetes_*.dsc src
}

compile() {
  local version name=github.com/modern-go/reflect2
  version=$(dpkg-parsechangelog -l src/debian/changelog -S Version) &&
    cd src &&
    # The vendored reflect2 1.0.1 crashes with Debian's Go on the first custom resource; Debian's own 1.0.2 does not.
    rm -f "vendor/$name/"*.{go,s} && cp /usr/share/gocode/src/"$name"/*.{go,s} "vendor/$name/" &&
    mkdir -p .go/src/k8s.io .tmp && ln -s ../../.. .go/src/k8s.io/kubernetes &&
    env -u GOROOT -u GOBIN GOFLAGS='' GOPATH="$PWD/.go" GOCACHE="$PWD/.cache" HOME="$PWD/.home" TMPDIR="$PWD/.tmp" \
      CGO_ENABLED=0 PATH="/usr/lib/go/bin:$PATH" make WHAT="${PROGRAMS[*]/#/cmd/}" &&
    install -D -m755 -t "$CACHE/kubernetes-$version-$PATCH" "${PROGRAMS[@]/#/_output/local/go/bin/}" &&
    # Kubernetes' own program of the container that holds a pod's namespaces; last, it says that all are there
    gcc -Os -static -s -o pause build/pause/linux/pause.c && install -m755 pause "$CACHE/kubernetes-$version-$PATCH/"
}

# ---- keys and configuration -----------------------------------------------------------------------------------------

# All keys appear at once, so a run that is killed here leaves none.
keys() {
  [[ ! -d $DIR/pki ]] || return 0
  (
    rm -rf "$DIR/pki.new"
    mkdir -m700 "$DIR/pki.new"
    cd "$DIR/pki.new"
    authority "image-tag-operator test CA"
    certificate server /CN=kube-apiserver serverAuth IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc
    certificate admin /O=system:masters/CN=admin clientAuth
    openssl genrsa -out service-accounts.key 2048
    openssl rand -hex 24 >token
    echo "$(<token),admin,admin,system:masters" >tokens.csv
  ) >"$DIR/log/keys.log" 2>&1
  mv "$DIR/pki.new" "$DIR/pki"
}

audit_policy() {
  write "$DIR/audit-policy.yaml" <<<'apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules: [{level: Metadata}]'
}

kubeconfig() { # PORT
  local pki=$DIR/pki
  write "$DIR/kubeconfig" <<END
apiVersion: v1
kind: Config
current-context: token
contexts:
- {name: token, context: {cluster: test, user: token}}
- {name: certificate, context: {cluster: test, user: certificate}}
clusters:
- name: test
  cluster: {server: "https://127.0.0.1:$1", certificate-authority-data: $(base64 -w0 "$pki/ca.crt")}
users:
- name: token
  user: {token: $(<"$pki/token")}
- name: certificate
  user: {client-certificate-data: $(base64 -w0 "$pki/admin.crt"), client-key-data: $(base64 -w0 "$pki/admin.key")}
END
}

# ---- servers --------------------------------------------------------------------------------------------------------

# shellcheck disable=SC2317 # await calls it
get() { curl -fsS -m 5 --cacert "$DIR/pki/ca.crt" -H "Authorization: Bearer $(<"$DIR/pki/token")" "$@"; }

start_etcd() {
  local port peer
  port=$(port etcd) peer=$(port etcd etcd-peer)
  # no fsync: what a test needs survives SIGKILL, and need not survive a power cut
  start etcd etcd --data-dir "$DIR/etcd" --unsafe-no-fsync --log-level warn --listen-peer-urls "http://127.0.0.1:$peer" \
    --listen-client-urls "http://127.0.0.1:$port" --advertise-client-urls "http://127.0.0.1:$port"
  await etcd curl -fsS -m 5 "http://127.0.0.1:$port/health"
}

start_kube-apiserver() {
  local program port etcd pki=$DIR/pki
  program=$(programs)/kube-apiserver || die "kube-apiserver is not built: run '$0 up' first"
  port=$(port kube-apiserver) etcd=$(port etcd)
  kubeconfig "$port"
  # No reconciler of its own endpoints: a loopback address is not allowed in one. No ServiceAccount admission: without
  # controllers no namespace gets its default account.
  CONFIG=$DIR/audit-policy.yaml start kube-apiserver "$program" --etcd-servers="http://127.0.0.1:$etcd" \
    --bind-address=127.0.0.1 --advertise-address=127.0.0.1 --secure-port="$port" --endpoint-reconciler-type=none \
    --tls-cert-file="$pki/server.crt" --tls-private-key-file="$pki/server.key" --client-ca-file="$pki/ca.crt" \
    --token-auth-file="$pki/tokens.csv" --authorization-mode=RBAC --disable-admission-plugins=ServiceAccount \
    --service-account-key-file="$pki/service-accounts.key" --service-account-signing-key-file="$pki/service-accounts.key" \
    --service-account-issuer=https://kubernetes.default.svc --service-account-extend-token-expiration=false \
    --service-cluster-ip-range=10.0.0.0/24 --allow-privileged=true --profiling=false \
    --audit-policy-file="$DIR/audit-policy.yaml" --audit-log-path="$DIR/log/audit.log" \
    --audit-log-maxsize=1000 --audit-log-maxbackup=1
  await kube-apiserver get "https://127.0.0.1:$port/readyz"
  await kube-apiserver get "https://127.0.0.1:$port/api/v1/namespaces/default" # made shortly after it says it is ready
}

start_kube-controller-manager() {
  local program port pki=$DIR/pki
  if [[ -z $CONTROLLERS ]]; then
    [[ ! -e $DIR/run/kube-controller-manager.spec ]] || stop kube-controller-manager
    rm -f "$DIR/run/kube-controller-manager.spec"
    return
  fi
  program=$(programs)/kube-controller-manager || die "kube-controller-manager is not built: run '$0 up' first"
  port=$(port kube-controller-manager)
  CONFIG=$DIR/kubeconfig start kube-controller-manager "$program" --kubeconfig="$DIR/kubeconfig" --controllers="$CONTROLLERS" \
    --leader-elect=false --bind-address=127.0.0.1 --secure-port="$port" --port=0 \
    --tls-cert-file="$pki/server.crt" --tls-private-key-file="$pki/server.key"
  await kube-controller-manager get "https://127.0.0.1:$port/healthz"
}

# ---- commands -------------------------------------------------------------------------------------------------------

up() {
  install_packages
  build
  mkdir -p "$DIR"/{run,log}
  keys
  audit_policy
  start_etcd
  start_kube-apiserver
  start_kube-controller-manager
  status
}

status() {
  local ok=0
  report etcd "http://127.0.0.1:$(port_of etcd)" || ok=1
  report kube-apiserver "https://127.0.0.1:$(port_of kube-apiserver), KUBECONFIG=$DIR/kubeconfig" || ok=1
  [[ ! -e $DIR/run/kube-controller-manager.spec ]] || report kube-controller-manager "https://127.0.0.1:$(port_of kube-controller-manager)" || ok=1
  return "$ok"
}

down() {
  stop kube-controller-manager
  stop kube-apiserver
  stop etcd
  [[ ${WIPE:-0} != 1 ]] || rm -rf --one-file-system "${DIR:?}"
}

compact() {
  local url revision
  url=http://127.0.0.1:$(port_of etcd)/v3/kv
  revision=$(curl -fsS -m 5 "$url/range" -d '{"key": "AA=="}' | grep -o '"revision":"[0-9]*' | grep -o '[0-9]*$')
  curl -fsS -m 30 "$url/compaction" -d "{\"revision\": \"$revision\", \"physical\": true}" >/dev/null
  echo "etcd compacted to revision $revision"
}

main() {
  case ${1:-} in up | down | kill | start | compact) lock "$DIR.lock" ;; esac
  case ${1:-} in
    up) up ;;
    packages) install_packages ;;
    programs) install_packages; build; programs ;;
    down) down ;;
    status) status ;;
    kill) one_of "${2:-}" "${SERVERS[@]}" && crash "$2" ;;
    start) one_of "${2:-}" "${SERVERS[@]}" && restart "$2" "${SERVERS[@]}" ;;
    compact) compact ;;
    env) printf 'export KUBECONFIG=%q\n' "$DIR/kubeconfig" ;;
    *) usage ;;
  esac
}
main "$@"; exit # one line, read at once: the file may be replaced while this runs
