#!/usr/bin/env bash
# Runs every benchmark project of bench/; arguments go to them.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$ROOT"

# Copies between registries are measured against it.
optional_package skopeo
shopt -s nullglob
projects=(bench/*/*.csproj bench/*.csproj)
[ ${#projects[@]} -gt 0 ] || fail 2 "there is no benchmark project in bench/"
for project in "${projects[@]}"; do
  say "$project"
  dotnet run --configuration Release --project "$project" -- "$@"
done
