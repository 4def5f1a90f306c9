#!/usr/bin/env bash
# Removes what the targets made: out/, test reports, compiled projects, and the demo with everything that its local cloud
# made on the engine, found by its label and nothing else. Caches, base images and other local clouds stay.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$ROOT"

identity=demo/home/cloud/identity.json
if [ -e "$identity" ]; then
  [ ! -x out/mlops ] || MLOPS_HOME="$ROOT/demo/home" out/mlops cloud down >/dev/null 2>&1 || true
  instance=$(sed -nE 's/.*"instance": *"([^"]+)".*/\1/p' "$identity")
  if [ -n "$instance" ] && engine_answers; then
    label="label=mlops.cloud=$instance"
    docker ps --all --quiet --filter "$label" | xargs -r docker rm --force --volumes >/dev/null
    docker volume ls --quiet --filter "$label" | xargs -r docker volume rm >/dev/null
    docker network ls --quiet --filter "$label" | xargs -r docker network rm >/dev/null
    docker images --quiet --filter "$label" | sort -u | xargs -r docker rmi --force >/dev/null
  fi
fi
rm -rf demo out TestResults BenchmarkDotNet.Artifacts
find . \( -name node_modules -o -name .git \) -prune -o -name '*.csproj' -printf '%h\0' |
  while IFS= read -r -d '' project; do rm -rf "${project:?}/bin" "${project:?}/obj"; done
