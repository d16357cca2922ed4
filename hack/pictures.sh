#!/usr/bin/env bash
# Draws docs/pictures/*.svg: two steps of the demo as a terminal shows them, and a plan as a pull request shows it. Both are real runs on
# the embedded servers. `make pictures` builds what is needed.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$PWD/artifacts/bin pictures=$PWD/docs/pictures
folder=$(mktemp -d)
mkdir -p "$pictures"

"$bin/image-tag-sandbox" serve "$folder/served" >"$folder/log" &
sandbox=$!
trap 'kill "$sandbox" 2>/dev/null || true; wait "$sandbox" || true; rm -rf "$folder"' EXIT

"$bin/image-tag-sandbox" demo --operator "$bin/image-tag-operator" >"$folder/demo"
# The ages in the table differ from run to run, and the picture should not.
{ echo '$ make demo'; sed -n '/^3\. /,/^5\. /{/^5\. /!p}' "$folder/demo" | sed -E '/\| NAME /{n;s/ [0-9]s/ 1s/g;s/ [0-9]{2}s / 1s  /;s/ [0-9]+s$/ 1s/}'; } |
  hack/pictures.py terminal 'make demo' >"$pictures/demo.svg"

# What the sandbox prints comes after the files that it serves.
until grep -q . "$folder/log"; do sleep 0.2; done
mkdir "$folder/sets"
cat >"$folder/sets/images.yaml" <<'SETS'
apiVersion: imagetags.io/v1alpha1
kind: ImageTagSet
metadata:
  name: ubuntu-24.04
  namespace: golden-images
spec:
  cloudCredentialsRef: {secretName: openstack-clouds, cloudName: demo}
  image: {name: ubuntu-24.04}
  tags: [golden, lts]
---
apiVersion: imagetags.io/v1alpha1
kind: ImageTagSet
metadata:
  name: debian-12
  namespace: golden-images
spec:
  cloudCredentialsRef: {secretName: openstack-clouds, cloudName: demo}
  image: {name: debian-12}
  tags: [golden]
SETS
cd "$folder"
code=0
OS_CLIENT_CONFIG_FILE=$folder/served/clouds.yaml "$bin/image-tag-operator" plan -f sets/ >plan || code=$?
[[ $code == 2 ]] || { cat plan >&2; exit 1; }
"$OLDPWD/hack/pictures.py" comment 'A plan in a pull request' <plan >"$pictures/plan.svg"
