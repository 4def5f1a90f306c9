#!/usr/bin/env bash
# Publishes the command, ready to run, to out/bin and links out/mlops to it. Nothing changed: nothing done.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$ROOT"

OUT="$ROOT/out"
STAMP="$OUT/.built"

# What the command is made of, by content. (The SDK's own version is in global.json, or does not matter.)
shopt -s nullglob
inputs() {
  find builder steps templates docs/mlops.schema.json ./*.props ./*.targets ./*.json .editorconfig BannedSymbols.txt scripts/build.sh \
    \( -name bin -o -name obj -o -name node_modules -o -name TestResults \) -prune -o -type f -exec cksum {} + |
    LC_ALL=C sort
}
changed() { [ ! -x "$OUT/mlops" ] || ! inputs | cmp -s - "$STAMP"; }

changed || exit 0
require_tools
mkdir -p "$OUT"
exec 9>"$OUT/.lock"
flock 9
changed || exit 0
say "publishing the command to out/"
inputs >"$STAMP.new"
rm -rf "$OUT/bin.new"
dotnet publish builder/MlOps.Cli --configuration Release --output "$OUT/bin.new" --verbosity quiet --nologo "$@" 9>&-
rm -rf "$OUT/bin.old"
[ ! -d "$OUT/bin" ] || mv "$OUT/bin" "$OUT/bin.old"
mv "$OUT/bin.new" "$OUT/bin"
rm -rf "$OUT/bin.old"

# The command finds .NET by itself where .NET is installed for all; else its launcher says where.
DOTNET_HERE=$(dirname "$(readlink -f "$(command -v dotnet)")")
NO_RUNTIME=131
found=0
env -u DOTNET_ROOT "$OUT/bin/mlops" --version >/dev/null 2>&1 || found=$?
if [ $found -ne $NO_RUNTIME ]; then
  ln -sfn bin/mlops "$OUT/mlops.new"
else
  cat >"$OUT/mlops.new" <<LAUNCHER
#!/bin/sh
export DOTNET_ROOT="\${DOTNET_ROOT:-$DOTNET_HERE}"
exec "\$(dirname "\$(readlink -f "\$0")")/bin/mlops" "\$@"
LAUNCHER
  chmod 755 "$OUT/mlops.new"
fi
mv -T "$OUT/mlops.new" "$OUT/mlops"
mv "$STAMP.new" "$STAMP"
