#!/bin/bash
# The plugin `kubectl imagetags` for krew: the program under another name. No package is needed for it.
#
#   krew.sh archive PROGRAM FILE        FILE.tar.gz from one of the release's programs
#   krew.sh manifest VERSION URL FILE...  the manifest on standard output, for archives (NAME-linux-ARCHITECTURE.tar.gz) that will be at URL/
#
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

archive() {
  local work
  work=$(mktemp -d)
  cp "$1" "$work/kubectl-imagetags"
  cp "$ROOT/LICENSE" "$work"
  chmod 755 "$work/kubectl-imagetags"
  # The same program makes the same archive.
  tar -C "$work" --sort=name --owner=0 --group=0 --mtime=@0 -cf - kubectl-imagetags LICENSE | gzip -n >"$2"
  rm -r "$work"
}

manifest() {
  local version=$1 url=$2 file architecture
  shift 2
  cat <<EOF
apiVersion: krew.googlecontainertools.github.com/v1alpha2
kind: Plugin
metadata:
  name: imagetags
spec:
  version: v$version
  homepage: ${url%%/releases/*}
  shortDescription: Plan and check tags of OpenStack images
  description: |
    Shows what ImageTagSets would change on OpenStack images before they are applied, which sets are not in order and why, and writes
    ImageTagSets for the tags that a cloud has now. It is the command line of image-tag-operator.
  platforms:
EOF
  for file; do
    architecture=${file##*-linux-}
    cat <<EOF
  - selector:
      matchLabels:
        os: linux
        arch: ${architecture%.tar.gz}
    uri: $url/${file##*/}
    sha256: $(sha256sum "$file" | cut -d' ' -f1)
    bin: kubectl-imagetags
EOF
  done
}

case ${1:-} in
  archive) archive "${@:2:2}" ;;
  manifest) manifest "${@:2}" ;;
  *)
    sed -n 's/^#   //p' "$0" >&2
    exit 2
    ;;
esac
