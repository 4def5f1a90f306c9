# choose.sh TRIALS RATE SCORE: TRIALS is a JSON list of {"rate": …, "score": …}.
set -eu
best=$(printf '%s' "$1" | tr '{' '\n' | sed -n 's/.*"rate": *\([-0-9.e]*\).*"score": *\([-0-9.e]*\).*/\2 \1/p' | sort -g | tail -n 1)
[ -n "$best" ] || { echo "no trial in: $1" >&2; exit 1; }
printf '%s' "${best#* }" >"$2"
printf '%s' "${best% *}" >"$3"
echo "best: score ${best% *} with rate ${best#* }"
