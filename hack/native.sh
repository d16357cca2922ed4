#!/bin/bash
# Publishes the operator as one native file for this machine's own architecture. Native code is linked with this system's libc: what was
# made on Debian 12 runs on it and on all that is newer.
#
#   native.sh publish    artifacts/publish/image-tag-operator, with its symbols beside it in image-tag-operator.dbg
#   native.sh trimmed    artifacts/trimmed/image-tag-operator: the same program with .NET's runtime in it, trimmed, to measure against
#   native.sh packages   only installs what the linker needs
#
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
OUT=$ROOT/artifacts

install_packages() { packages gcc libc6-dev zlib1g-dev; }

rid() {
  case $(uname -m) in
    x86_64) echo linux-x64 ;;
    aarch64) echo linux-arm64 ;;
    *) die "there is a native compiler for x86_64 and aarch64 only, and this is $(uname -m)" ;;
  esac
}

# publish_to NAME OPTION...: into artifacts/NAME, and what the compiler says into artifacts/NAME.log
publish_to() {
  local name=$1
  shift
  # Neither the native compiler nor the trimmer sees by itself that Trimming.xml has changed.
  rm -rf "${OUT:?}/$name" "$OUT/obj/ImageTagOperator/release_$(rid)"/{native,linked,Link.semaphore}
  mkdir -p "$OUT"
  dotnet publish "$ROOT/src/ImageTagOperator" -c Release -r "$(rid)" -v quiet -p:RunAnalyzers=false -p:PublishDocumentationFiles=false \
    -p:PublishReferencesDocumentationFiles=false -o "$OUT/$name" "$@" | tee "$OUT/$name.log"
  rm -f "$OUT/$name"/*.pdb # what they say is in the .dbg
}

main() {
  case ${1:-} in
    publish) install_packages && publish_to publish ;;
    trimmed) publish_to trimmed --self-contained -p:PublishAot=false -p:PublishTrimmed=true -p:PublishSingleFile=true -p:PublishReadyToRun=true -p:DebugType=none ;;
    packages) install_packages ;;
    *) usage ;;
  esac
}
main "$@"; exit # one line, read at once: the file may be replaced while this runs
