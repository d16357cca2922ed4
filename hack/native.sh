#!/bin/bash
# Publishes the operator as one native file for this machine's own architecture. Native code is linked with this system's libc: what was
# made on Debian 12 runs on it and on all that is newer.
#
#   native.sh publish    artifacts/publish/image-tag-operator, with its symbols beside it in image-tag-operator.dbg
#   native.sh trimmed    artifacts/trimmed/image-tag-operator: the same program with .NET's runtime in it, trimmed, to measure against
#   native.sh arm64      artifacts/publish-arm64/image-tag-operator: compiled here for arm64, linked by Debian's cross compiler, and tried on an
#                        emulated processor. To see that it works where there is no such machine; what is released is made on one.
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

# publish_to NAME RID OPTION...: into artifacts/NAME, and what the compiler says into artifacts/NAME.log
publish_to() {
  local name=$1 rid=$2
  shift 2
  # Neither the native compiler nor the trimmer sees by itself that Trimming.xml has changed.
  rm -rf "${OUT:?}/$name" "$OUT/obj/ImageTagOperator/release_$rid"/{native,linked,Link.semaphore}
  mkdir -p "$OUT"
  dotnet publish "$ROOT/src/ImageTagOperator" -c Release -r "$rid" -v quiet -p:RunAnalyzers=false -p:PublishDocumentationFiles=false \
    -p:PublishReferencesDocumentationFiles=false -o "$OUT/$name" "$@" | tee "$OUT/$name.log"
  rm -f "$OUT/$name"/*.pdb # what they say is in the .dbg
}

arm64() {
  local sysroot=/usr/aarch64-linux-gnu linker=$OUT/aarch64-linux-gnu-gcc argument
  packages gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static
  mkdir -p "$OUT"
  # The SDK names the target as clang wants it. This gcc has only one, and knows where its libraries are.
  cat >"$linker" <<'EOF'
#!/bin/bash
for argument; do shift; [[ $argument == --target=* || $argument == --sysroot=* ]] || set -- "$@" "$argument"; done
exec aarch64-linux-gnu-gcc "$@"
EOF
  chmod +x "$linker"
  publish_to publish-arm64 linux-arm64 -p:CppCompilerAndLinker="$linker" -p:ObjCopyName=aarch64-linux-gnu-objcopy -p:SysRoot="$sysroot"
  for argument in --version --help crd; do
    qemu-aarch64-static -L "$sysroot" "$OUT/publish-arm64/image-tag-operator" "$argument" >"$OUT/publish-arm64/$argument.txt" || die "$argument failed on arm64"
  done
  cmp "$OUT/publish-arm64/crd.txt" "$ROOT/config/crds/imagetags.io_imagetagsets.yaml"
}

main() {
  case ${1:-} in
    publish) install_packages && publish_to publish "$(rid)" ;;
    trimmed) publish_to trimmed "$(rid)" --self-contained -p:PublishAot=false -p:PublishTrimmed=true -p:PublishSingleFile=true -p:PublishReadyToRun=true -p:DebugType=none ;;
    arm64) arm64 ;;
    packages) install_packages ;;
    *) usage ;;
  esac
}
main "$@"; exit # one line, read at once: the file may be replaced while this runs
