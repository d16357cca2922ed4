#!/bin/bash
# What action.yml runs: validates the manifests, plans, and puts the plan into a comment. All that it is told is in the environment.
set -euo pipefail

MARK='<!-- image-tag-operator -->'
WORK=$(mktemp -d "${RUNNER_TEMP:-/tmp}/image-tags.XXXXXX")
PLAN=$WORK/plan.txt
read -ra paths <<<"$FILES"
files=()
for path in "${paths[@]}"; do files+=(-f "$path"); done

install_program() {
  local architecture
  case $(uname -m) in
    x86_64) architecture=amd64 ;;
    aarch64 | arm64) architecture=arm64 ;;
    *) echo "::error::There is no image-tag-operator for $(uname -m)." && exit 1 ;;
  esac
  curl -fsSL --retry 3 -o "$WORK/image-tag-operator" "${PROGRAM_URL:-$RELEASE_URL/image-tag-operator-linux-$architecture}"
  chmod +x "$WORK/image-tag-operator"
}

# plan: 0 nothing to do, 2 changes, which is what a pull request is for, 1 an error
plan() {
  local code=0
  (umask 077 && printf '%s' "$CLOUDS_YAML" >"$WORK/clouds.yaml")
  OS_CLIENT_CONFIG_FILE=$WORK/clouds.yaml "$WORK/image-tag-operator" plan "${files[@]}" >"$PLAN" 2>&1 || code=$?
  rm -f "$WORK/clouds.yaml"
  cat "$PLAN"
  return "$code"
}

# A tag can hold what would end the code block, so the fence is longer than any run of backticks in it.
body() {
  local fence
  fence=$(awk '
    { while (match($0, /`+/)) { if (RLENGTH > n) n = RLENGTH; $0 = substr($0, RSTART + RLENGTH) } }
    END { if (n < 3) n = 2; for (i = 0; i <= n; i++) printf "`" }' "$PLAN")
  printf '%s\n**Image tags**\n\n%sdiff\n' "$MARK" "$fence"
  head -c 60000 "$PLAN"
  printf '\n%s\n' "$fence"
}

comment() {
  local comments=repos/$GITHUB_REPOSITORY/issues id
  body >"$WORK/comment.md"
  id=$(gh api --paginate "$comments/$PULL_REQUEST/comments" --jq ".[] | select(.body | startswith(\"$MARK\")) | .id" | head -n 1)
  if [[ -n $id ]]; then gh api -X PATCH "$comments/comments/$id" -F "body=@$WORK/comment.md" >/dev/null
  else gh api -X POST "$comments/$PULL_REQUEST/comments" -F "body=@$WORK/comment.md" >/dev/null; fi
}

main() {
  local code=0
  install_program
  "$WORK/image-tag-operator" validate "${files[@]}"
  if [[ -z $CLOUDS_YAML ]]; then
    echo "::notice::The input clouds-yaml is empty, so nothing is planned. A pull request of a fork sees no secrets."
    return
  fi
  plan || code=$?
  echo "plan=$PLAN" >>"$GITHUB_OUTPUT"
  if ((code == 2)); then echo changes=true >>"$GITHUB_OUTPUT"; fi
  if ((code == 0)); then echo changes=false >>"$GITHUB_OUTPUT"; fi
  if [[ $COMMENT == true && -n $PULL_REQUEST ]]; then comment; fi
  ((code != 1))
}
main
