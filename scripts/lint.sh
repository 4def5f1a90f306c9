#!/usr/bin/env bash
# Formatting and style of the C#, the shell scripts, and what must not be in a tracked file. All faults at once.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$ROOT" || exit 3
require_tools
faults=0
fault() { printf '  %s\n' "$@" >&2 && faults=1; }

mapfile -t scripts < <(git ls-files '*.sh' .ci/run)
for script in "${scripts[@]}"; do bash -n "$script" || faults=1; done
if has shellcheck; then
  shellcheck --severity=style --external-sources --source-path=SCRIPTDIR "${scripts[@]}" >&2 || faults=1
else
  say "shellcheck is not installed here: the scripts are only parsed"
fi

# The registries that this machine happens to use, by its own settings: nobody else's business.
# And the path of this checkout, where it is long enough to mean nothing else.
hosts=$({ npm config get registry; dotnet nuget list source; cat /etc/apt/sources.list /etc/apt/sources.list.d/*; } 2>/dev/null |
  sed -nE 's,.*https?://([^/@ "]*@)?([^/: "]+).*,\2,p' | sort -u)
[[ $ROOT != /*/*/* ]] || hosts+=" $ROOT"
for name in $hosts; do
  found=$(git grep -nIF -e "$name" | cut -c 1-160) || continue
  fault "the name $name must not be in a tracked file:" "$found"
done
found=$(git grep -nIE -e '"resolved": "https?://' -- '*package-lock.json' | cut -c 1-160) &&
  fault "download addresses in a lock file (npm config set omit-lockfile-registry-resolved true):" "$found"

# Whitespace by the formatter; style and analysis by the build, where every warning is an error (`make test` goes on from it).
git ls-files -z '*.cs' | xargs -0 dotnet format whitespace . --folder --verify-no-changes --include >&2 ||
  fault "this puts it right: dotnet format whitespace . --folder"
dotnet build MlOps.Cicd.sln --configuration Release --verbosity quiet --nologo -clp:NoSummary >&2 || faults=1
exit $faults
