#!/usr/bin/env bash
# scripts/timed.sh NAME COMMAND...: runs it, then says on one line how long it took; its exit code is kept.
set -uo pipefail
name=$1
shift
start=$(date +%s%N)
"$@"
code=$?
elapsed=$((($(date +%s%N) - start) / 100000000))
[ $code -eq 0 ] && ended='' || ended="  failed ($code)"
printf '%-12s %d.%d s%s\n' "$name" $((elapsed / 10)) $((elapsed % 10)) "$ended" >&2
exit $code
