#!/usr/bin/env bash
# The starter template in demo/wildlife-strikes, from a push through its trigger and its build to a Release, in a local cloud
# under demo/home. Run again without a new commit it shows what is there.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

export MLOPS_HOME="$ROOT/demo/home" MLOPS_CLOUD=local
MLOPS="$ROOT/out/mlops"
REPO="$ROOT/demo/wildlife-strikes"
mkdir -p "$MLOPS_HOME"

# show WORD...: a command as a reader would type it.
show() { printf '\n$ %s\n' "$*" >&2; }

# run WORD...: shows a command of mlops, then runs it.
run() {
  show mlops "$@"
  "$MLOPS" "$@"
}

# The builder image that the template's cloudbuild files name, of this machine.
cat >"$MLOPS_HOME/cloud.yaml" <<'YAML'
images:
  us-central1-docker.pkg.dev/*/ml/mlops-builder:dotnet: mlops-builder:dotnet
YAML

cd "$ROOT"
[ -e "$REPO/mlops.yaml" ] || run init wildlife-strikes demo/wildlife-strikes
run cloud up
trap '"$MLOPS" cloud down >/dev/null' EXIT
cd "$REPO"
run cloud watch
run triggers apply

show git push local HEAD:dev
git push local HEAD:dev
build=$("$MLOPS" builds list --env dev --output json | sed -n 's/.*"id": *"\([^"]*\)".*/\1/p' | head -n 1)
[ -n "$build" ] || fail 1 "the push has started no build"
run builds log "$build" --follow --env dev
run release list --env dev
