#!/usr/bin/env bash
# The starter template in demo/wildlife-strikes, from its commit to a Release, in a local cloud under demo/home.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

export MLOPS_HOME="$ROOT/demo/home"
MLOPS="$ROOT/out/mlops"
REPO="$ROOT/demo/wildlife-strikes"
mkdir -p "$MLOPS_HOME"

# run WORD...: shows the command as a reader would type it, then runs it.
run() {
  printf '\n$ mlops %s\n' "$*" >&2
  "$MLOPS" "$@"
}

cd "$ROOT"
[ -e "$REPO/mlops.yaml" ] || run init wildlife-strikes demo/wildlife-strikes
cd "$REPO"
run ci --env local
run release list
