#!/usr/bin/env bash
# scripts/count-tests.sh [FOLDER]: counts the TRX reports in FOLDER (default: TestResults) and ends with the
# line `N passed, N failed`. Before it, on stderr: each failed test with its message, and how many were skipped.
# Fails if a test failed, or if none passed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

FOLDER=${1:-$ROOT/TestResults}
shopt -s nullglob
REPORTS=("$FOLDER"/*.trx)
if [ ${#REPORTS[@]} -eq 0 ]; then
  say "no test report (*.trx) in $FOLDER"
  echo "0 passed, 0 failed"
  exit 1
fi

# One element after another; what a test printed is escaped, so an element's name is always an element.
awk '
  BEGIN { RS = "<"; passed = failed = skipped = 0 }
  /^UnitTestResult / {
    name = ""
    if ($0 ~ / outcome="Passed"/) passed++
    else if ($0 ~ / outcome="NotExecuted"/) skipped++
    else {
      failed++
      match($0, / testName="[^"]*"/)
      name = substr($0, RSTART + 11, RLENGTH - 12)
    }
  }
  /^Message>/ && name != "" {
    print "  failed: " name "\n    " substr($0, 9, 1500) > "/dev/stderr"
    name = ""
  }
  END {
    if (skipped) print "  " skipped " skipped" > "/dev/stderr"
    print passed " passed, " failed " failed"
    exit (failed > 0 || passed == 0)
  }' "${REPORTS[@]}"
