#!/bin/bash
# Current servers, as plain processes on 127.0.0.1: an API server for custom resources, for what the server that kubernetes.sh
# brings up is too old for (CEL, streaming lists), and the Keystone and Glance of Debian trixie and sid, which openstack.sh starts.
#
#   modern.sh up          builds or installs them once, in chroots, and starts them; prints the state
#   modern.sh down        stops them and removes their data
#   modern.sh status      a line per server; fails unless all run
#   modern.sh programs    builds the API server if it is not built yet, and prints the folder
#   modern.sh env         export ITO_MODERN_KUBECONFIG=..., ITO_CLOUD_TRIXIE and ITO_CLOUD_SID
#
# The API server is Kubernetes' own k8s.io/apiextensions-apiserver, and modern/main.go around it. There is no Namespace, Secret, Lease or
# Event, no RBAC, no admission policy and no garbage collector: definitions and their objects only, and everybody may do
# everything. A watch with nothing to tell gets a bookmark only after something else was written.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

DIR=$STATE/modern
HACK=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SOURCE=$HACK/modern/main.go
PATCH=$(sha256sum <"$SOURCE" | head -c 12) # a program of another source is not taken for a current one
CHROOT=$CACHE/modern-chroot
CLOUDS=(trixie sid) # the releases of Debian whose Keystone and Glance run

# ---- the programs, from Debian sid's packages -----------------------------------------------------------------------

# Prints the newest folder that was built here from this source.
programs() { compgen -G "$CACHE/modern-*-$PATCH" | sort -V | tail -n 1 | grep .; }

build() {
  local out=$CACHE/modern.log started=$SECONDS
  ! programs >/dev/null || return 0
  ((EUID == 0)) || die "needs root, for a chroot"
  lock "$CACHE/modern.lock"
  ! programs >/dev/null || return 0
  packages debootstrap debian-archive-keyring curl
  log "building a current API server, 10 minutes or more, 4 GB of disk meanwhile (log: $out)"
  remove_chroot
  (release sid "$CHROOT" golang-go golang-k8s-apiextensions-apiserver-dev && compile) >"$out" 2>&1 ||
    die_with "$out" "could not build the API server"
  remove_chroot
  log "built in $((SECONDS - started)) s: $(programs)"
}

remove_chroot() { rm -rf --one-file-system "$CHROOT" "$CACHE/modern.new"; }

compile() {
  local version package=k8s.io/component-base/version new=$CACHE/modern.new
  enter "$CHROOT"
  # 0.36.4-1 is of Kubernetes 1.36.4
  version=$("${INSIDE[@]}" dpkg-query -W -f '${source:Upstream-Version}' golang-k8s-apiextensions-apiserver-dev) &&
    version=1.${version#0.} && version=${version%%[+~]*} &&
    install -D -m644 "$SOURCE" "$CHROOT/src/main.go" &&
    "${INSIDE[@]}" GOPATH=/usr/share/gocode GO111MODULE=off CGO_ENABLED=0 GOFLAGS=-trimpath GOTELEMETRY=off go build -o /src/apiserver \
      -ldflags "-s -w -X $package.gitVersion=v$version -X $package.gitMajor=1 -X $package.gitMinor=$(cut -d. -f2 <<<"$version")" \
      /src/main.go &&
    # etcd's package wants systemd: unpacked, not installed
    "${INSIDE[@]}" sh -c 'cd /src && apt-get -q -o APT::Sandbox::User=root download etcd-server && dpkg-deb -x etcd-server_*.deb .' &&
    mkdir -p "$new" && install -m755 "$CHROOT/src/apiserver" "$CHROOT/src/usr/bin/etcd" "$new" &&
    mv -T "$new" "$CACHE/modern-$version-$PATCH"
}

# ---- servers --------------------------------------------------------------------------------------------------------

kubeconfig() { # PORT: the server made the certificate itself, on its first start
  write "$DIR/kubeconfig" <<END
apiVersion: v1
kind: Config
current-context: modern
contexts:
- {name: modern, context: {cluster: modern, user: anybody, namespace: default}}
clusters:
- name: modern
  cluster: {server: "https://127.0.0.1:$1", certificate-authority-data: $(base64 -w0 "$DIR/certificates/apiserver.crt")}
users:
- {name: anybody, user: {token: none}} # without one kubectl asks for a name and a password
END
}

start_etcd() {
  local port peer
  port=$(port etcd) peer=$(port etcd etcd-peer)
  start etcd "$(programs)/etcd" --name modern --data-dir "$DIR/etcd" --unsafe-no-fsync --log-level warn \
    --listen-peer-urls "http://127.0.0.1:$peer" --initial-advertise-peer-urls "http://127.0.0.1:$peer" \
    --initial-cluster "modern=http://127.0.0.1:$peer" \
    --listen-client-urls "http://127.0.0.1:$port" --advertise-client-urls "http://127.0.0.1:$port"
  await etcd curl -fsS -m 5 "http://127.0.0.1:$port/health"
}

start_apiserver() {
  local port etcd
  port=$(port apiserver) etcd=$(port etcd)
  start apiserver "$(programs)/apiserver" --etcd-servers="http://127.0.0.1:$etcd" --etcd-prefix=/registry --bind-address=127.0.0.1 \
    --advertise-address=127.0.0.1 --secure-port="$port" --cert-dir="$DIR/certificates"
  await apiserver curl -fsS -m 5 --insecure "https://127.0.0.1:$port/readyz"
  kubeconfig "$port"
}

for_each_cloud() { # COMMAND
  local release failed=0
  for release in "${CLOUDS[@]}"; do DEBIAN=$release "$HACK/openstack.sh" "$1" || failed=1; done
  return "$failed"
}

# ---- commands -------------------------------------------------------------------------------------------------------

up() {
  build
  mkdir -p "$DIR"/{run,log}
  start_etcd
  start_apiserver
  for_each_cloud up >/dev/null
  status
}

status() {
  local ok=0
  report etcd "http://127.0.0.1:$(port_of etcd)" || ok=1
  report apiserver "https://127.0.0.1:$(port_of apiserver), KUBECONFIG=$DIR/kubeconfig" || ok=1
  for_each_cloud status || ok=1
  return "$ok"
}

down() {
  stop apiserver
  stop etcd
  rm -rf --one-file-system "${DIR:?}"
  WIPE=1 for_each_cloud down
}

main() {
  case ${1:-} in up | down) lock "$DIR.lock" ;; esac
  case ${1:-} in
    up) up ;;
    down) down ;;
    status) status ;;
    programs) build; programs ;;
    env)
      printf 'export ITO_MODERN_KUBECONFIG=%q\n' "$DIR/kubeconfig"
      for_each_cloud env
      ;;
    *) usage ;;
  esac
}
main "$@"; exit # one line, read at once: the file may be replaced while this runs
