#!/usr/bin/env bash
# The starter template in demo/wildlife-strikes, from a commit through dev and staging to prod and back, by its triggers and builds, in a
# local cloud under demo/home. Run again it takes one more version there.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

export MLOPS_HOME="$ROOT/demo/home" MLOPS_CLOUD=local
MLOPS="$ROOT/out/mlops"
REPO="$ROOT/demo/wildlife-strikes"
mkdir -p "$MLOPS_HOME"

part() { printf '\n\n# %s\n' "$*" >&2; }

# show WORD...: a command as a reader would type it.
show() {
  local text='' word
  for word; do
    case $word in *[!A-Za-z0-9_./:=@%+-]*) word="'$word'" ;; esac
    text+=" $word"
  done
  printf '\n$%s\n' "$text" >&2
}

# run WORD...: shows a command of mlops, then runs it.
run() {
  show mlops "$@"
  "$MLOPS" "$@"
}

newest() { "$MLOPS" builds list --env "$1" --limit 1 --output json | sed -n 's/.*"id": *"\([^"]*\)".*/\1/p' | head -n 1; }

# push ENVIRONMENT REF: pushes, and finds the build that the push has started in the environment's project; the last one there, where an
# interrupted demo has pushed the same before.
push() {
  show git push local "$2"
  git push local "$2"
  build=$(newest "$1")
  [ -n "$build" ] || fail 1 "the push of $2 has started no build in $1"
}

follow() { run builds log "$build" --follow --env "$1"; }

# promotion ENVIRONMENT: the same, but just what the promotion says, without its tasks; to the end where it fails.
promotion() {
  printf '\n$ mlops builds log %s --follow --env %s   # just the promotion\n' "$build" "$1" >&2
  "$MLOPS" builds log "$build" --follow --env "$1" 2>&1 |
    sed -nE 's/^Step #[0-9]+ - "promote": //; / run .* (running|succeeded)$/d; /^[0-9a-f]{12} \(/,/ runs [0-9a-f]{12} (now|already)/p; /^Build .*(FAILURE|TIMEOUT|CANCELLED)/p'
}

# to_prod VERSION: the tag, somebody's approval on the command line, the build that it lets go.
to_prod() {
  show git tag "$1"
  git tag "$1"
  push prod "$1"
  run builds approve "$build" --comment 'looked at the slices' --env prod
  promotion prod
}

# The builder image that the template's cloudbuild files name, of this machine.
cat >"$MLOPS_HOME/cloud.yaml" <<YAML
images:
  us-central1-docker.pkg.dev/*/ml/mlops-builder:dotnet: ${MLOPS_IMAGE:-mlops-builder}:dotnet
YAML

part 'A repo, a cloud on this machine, and the triggers of mlops.yaml'
cd "$ROOT"
[ -e "$REPO/mlops.yaml" ] || run init wildlife-strikes demo/wildlife-strikes
cd "$REPO"
git config user.name 'Release Manager'
git config user.email release-manager@acme.example
git remote get-url origin >/dev/null 2>&1 || {
  show git remote add origin https://github.com/acme/wildlife-strikes.git
  git remote add origin https://github.com/acme/wildlife-strikes.git
}
run cloud up
trap '"$MLOPS" cloud down >/dev/null' EXIT
run cloud watch
run triggers apply

last=$(git tag --list 'v1.*' --sort=-version:refname | head -n 1)
if [ -z "$last" ]; then
  part 'A commit to dev: tested, built, run there; a release comes of it'
  push dev HEAD:dev
  follow dev
  part 'main: the same release comes to staging, through its gates'
  push staging main
  follow staging
  part 'A version: the release of the tagged commit comes to prod, when somebody has approved it'
  last=v1.0.0
  to_prod "$last"
fi

minor=${last#v1.}
next="v1.$((${minor%%.*} + 1)).0"
part "The next version, $next: a change of one component, to main, to staging, to prod"
printf '\n# As of %s.\n' "$next" >>components/report/report.py
show git commit -am "A word in the report for $next"
git commit --quiet --all --message "A word in the report for $next"
push staging main
promotion staging
to_prod "$next"

part 'Back'
run rollback prod --why 'too many false alarms'

part 'What runs where, and how it came there'
run status
run ledger
run release diff "$last" "$next"
run trace "$next"
