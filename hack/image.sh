#!/bin/bash
# The operator's container image, made of Debian's packages with buildah: what the Dockerfile makes where a registry is at hand.
#
#   image.sh build      from artifacts/publish (make publish): artifacts/image/image-tag-operator.tar, an archive for podman load,
#                       skopeo and ctr, and beside it image-tag-operator.spdx.json, which is in the image too
#   image.sh packages   only installs what build needs
#   image.sh env        export ITO_IMAGE=..., ITO_IMAGE_ARCHIVE=...
#
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PROGRAM=$ROOT/artifacts/publish/image-tag-operator
OUT=$ROOT/artifacts/image
VERSION=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$ROOT/Directory.Build.props")
IMAGE=localhost/image-tag-operator:$VERSION
# What the program is linked with or loads, and whom TLS trusts.
DEBS=(libc6 libgcc-s1 libssl3 ca-certificates)
MULTIARCH=$(uname -m)-linux-gnu

install_packages() { packages buildah jq; }

# base ROOT: the packages unpacked, without what only people read; each leaves its name and version in $1.debs
base() {
  local deb
  mkdir -p "$1"/{tmp,etc/ssl/certs,debs}
  chmod 1777 "$1/tmp"
  (cd "$1/debs" && apt-get -q -o APT::Sandbox::User=root download "${DEBS[@]}")
  for deb in "$1"/debs/*.deb; do
    dpkg -x "$deb" "$1"
    dpkg-deb -f "$deb" Package Version Architecture | sed 's/^[^:]*: //' | paste -s -d ' '
  done >"$1.debs"
  cat "$1"/usr/share/ca-certificates/mozilla/*.crt >"$1/etc/ssl/certs/ca-certificates.crt"
  rm -rf "${1:?}"/{debs,usr/share,usr/sbin,usr/bin,sbin}  "$1"/etc/{ca-certificates,default,ld.so.conf.d} \
    "$1/usr/lib/$MULTIARCH"/{gconv,audit,engines-3,ossl-modules} "$1"/usr/lib/ssl/misc
  # Parts of libc for debuggers, NIS and vectors, which nothing here loads.
  rm -f "$1/lib/$MULTIARCH"/lib{mvec,nsl,nss_compat,nss_hesiod,thread_db,c_malloc_debug,memusage,pcprofile,BrokenLocale}*.so*
  # uid and name, for tools that ask
  echo 'operator:x:65532:65532::/:/nonexistent' >"$1/etc/passwd"
  echo 'operator:x:65532:' >"$1/etc/group"
}

# sbom DEBS: SPDX 2.3, from Debian's packages and the locked NuGet packages of the program
sbom() {
  local runtime lock=$ROOT/src/ImageTagOperator/packages.lock.json
  runtime=$(jq -r '.dependencies["net10.0"]["Microsoft.DotNet.ILCompiler"].resolved' "$lock")
  {
    while read -r name version architecture; do
      jq -n --arg n "$name" --arg v "$version" --arg p "pkg:deb/debian/$name@$version?arch=$architecture" '{name: $n, version: $v, purl: $p}'
    done <"$1"
    jq '.dependencies[] | to_entries[] | select(.value.resolved and (.key | test("Analyzers$|Tasks$|ILCompiler$") | not)) | {name: .key, version: .value.resolved, purl: "pkg:nuget/\(.key)@\(.value.resolved)"}' \
      "$lock"
    jq -n --arg v "$runtime" --arg arch "$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')" '("Microsoft.NETCore.App.Runtime.NativeAOT", "Microsoft.AspNetCore.App.Runtime") | "\(.).linux-\($arch)" | {name: ., version: $v, purl: "pkg:nuget/\(.)@\($v)"}'
  } | jq -s --arg version "$VERSION" --arg sum "$(sha256sum "$PROGRAM" | cut -d' ' -f1)" --arg created "$(date -u -d "@$(git -C "$ROOT" log -1 --format=%ct)" +%FT%TZ)" '
    unique_by(.purl) | {
      spdxVersion: "SPDX-2.3", dataLicense: "CC0-1.0", SPDXID: "SPDXRef-DOCUMENT", name: "image-tag-operator-\($version)",
      documentNamespace: "https://imagetags.io/spdx/image-tag-operator-\($version)-\($sum)",
      creationInfo: {created: $created, creators: ["Tool: hack/image.sh"]},
      packages: ([{name: "image-tag-operator", SPDXID: "SPDXRef-operator", versionInfo: $version, downloadLocation: "NOASSERTION", licenseDeclared: "Apache-2.0",
        filesAnalyzed: false, checksums: [{algorithm: "SHA256", checksumValue: $sum}]}]
        + [to_entries[] | {name: .value.name, SPDXID: "SPDXRef-\(.key)", versionInfo: .value.version, downloadLocation: "NOASSERTION", filesAnalyzed: false,
        externalRefs: [{referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: .value.purl}]}]),
      relationships: ([{spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: "SPDXRef-operator"}]
        + [to_entries[] | {spdxElementId: "SPDXRef-operator", relationshipType: "CONTAINS", relatedSpdxElement: "SPDXRef-\(.key)"}])}'
}

build() {
  [[ -x $PROGRAM ]] || die "there is no $PROGRAM: run 'make publish' first"
  install_packages
  local work container stamp
  stamp=$(sha256sum "$PROGRAM" "$0" | sha256sum)
  [[ ! -e $OUT/image-tag-operator.tar || $stamp != "$(cat "$OUT/stamp" 2>/dev/null)" ]] || return 0
  work=$(mktemp -d)
  # shellcheck disable=SC2064 # as it is now
  trap "rm -rf '$work'" EXIT
  # A store of its own, without any of the machine's settings; nothing runs in the container while it is made.
  buildah() { command buildah --root "$work/store" --runroot "$work/run" --storage-driver vfs "$@"; }
  rm -rf "$OUT"
  mkdir -p "$OUT"
  log "building $IMAGE"
  (
    base "$work/root"
    sbom "$work/root.debs" >"$OUT/image-tag-operator.spdx.json"
    install -D -m755 "$PROGRAM" "$work/root/usr/local/bin/image-tag-operator"
    install -D -m644 "$OUT/image-tag-operator.spdx.json" "$work/root/usr/local/share/sbom/image-tag-operator.spdx.json"
    container=$(buildah from scratch)
    buildah copy --chown 0:0 "$container" "$work/root" /
    buildah config --entrypoint '["/usr/local/bin/image-tag-operator"]' --cmd '' --user 65532:65532 --workingdir / --port 8080 \
      --env DOTNET_EnableDiagnostics=0 --env SSL_CERT_DIR=/etc/ssl/certs --label org.opencontainers.image.title=image-tag-operator \
      --label "org.opencontainers.image.version=$VERSION" --label org.opencontainers.image.licenses=Apache-2.0 "$container"
    buildah commit --squash "$container" "docker-archive:$OUT/image-tag-operator.tar:$IMAGE"
  ) >"$CACHE/image.log" 2>&1 || die_with "$CACHE/image.log" "could not build the image"
  echo "$stamp" >"$OUT/stamp"
}

main() {
  case ${1:-} in
    build) build ;;
    packages) install_packages ;;
    env) printf 'export ITO_IMAGE=%q ITO_IMAGE_ARCHIVE=%q\n' "$IMAGE" "$OUT/image-tag-operator.tar" ;;
    *) usage ;;
  esac
}
main "$@"; exit # one line, read at once: the file may be replaced while this runs
