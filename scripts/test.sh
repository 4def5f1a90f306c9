#!/usr/bin/env bash
# Builds the solution, runs all its tests, and ends with the line `N passed, N failed`. Reports: TestResults/*.trx.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$ROOT" || exit 3

# Reads copied images as another tool sees them.
optional_package skopeo
rm -rf TestResults
scripts/timed.sh 'test build' dotnet build MlOps.Cicd.sln --configuration Release --verbosity quiet --nologo -clp:NoSummary >&2 || exit 1
scripts/timed.sh test dotnet test --solution MlOps.Cicd.sln --configuration Release --no-build \
  --results-directory TestResults --report-xunit-trx </dev/null >&2
run=$?
scripts/count-tests.sh TestResults || exit 1
exit $run
