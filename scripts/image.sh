#!/usr/bin/env bash
# Builds the builder image: mlops-builder:slim (also :latest), mlops-builder:dotnet, and mlops-builder:kfp where Python's
# package index can be reached. MLOPS_IMAGE gives another name than mlops-builder; --kfp builds that flavour in any case,
# without the KFP SDK where it cannot be had.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$ROOT"

NAME=${MLOPS_IMAGE:-mlops-builder}
require_tools
engine_answers || fail 3 "no Docker engine answers" "Run scripts/engine.sh, which installs and starts one where it can."
[ -d steps/MlOps.Google.Protos/node_modules/google-proto-files ] ||
  npm ci --prefix steps/MlOps.Google.Protos --ignore-scripts --no-audit --no-fund --loglevel=error >&2

# BuildKit needs a client that brings it (before 23) or has buildx. A newer client without buildx may hide an
# older one that can, so all of them are asked; the classic builder does, too, only slower and louder.
BUILDER=(env DOCKER_BUILDKIT=0 docker build)
while read -r client; do
  if "$client" buildx version >/dev/null 2>&1; then
    BUILDER=("$client" buildx build --load)
    break
  elif [[ $("$client" version --format '{{.Client.Version}}' 2>/dev/null) =~ ^(19|20)\. ]]; then
    BUILDER=(env DOCKER_BUILDKIT=1 "$client" build)
    break
  fi
done < <(type -aP docker)

# build TARGET [OPTION...]: the build's own output is shown only when it fails.
build() {
  local target=$1 log
  shift
  log=$(mktemp)
  say "building $NAME:$target"
  "${BUILDER[@]}" --quiet --platform linux/amd64 --file builder/Dockerfile --target "$target" --tag "$NAME:$target" "$@" . \
    >"$log" 2>&1 || { tail -n 40 "$log" >&2; rm -f "$log"; fail 1 "the image $NAME:$target was not built"; }
  rm -f "$log"
}

# The stand-in for the Python image has no pip, and a closed network no package index.
can_pip() { timeout 60 docker run --rm --entrypoint pip python:3.11-slim download --quiet --no-deps --timeout 10 --retries 0 --dest /tmp kfp >/dev/null 2>&1; }

build slim --tag "$NAME:latest"
build dotnet
if can_pip; then
  build kfp
elif [ "${1:-}" = --kfp ]; then
  say "no Python package index can be reached from a container: $NAME:kfp gets no KFP SDK"
  build kfp --build-arg PIP=skip
else
  say "no Python package index can be reached from a container: $NAME:kfp is not built (scripts/image.sh --kfp builds it without the SDK)"
fi
