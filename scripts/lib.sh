# Shared by the scripts in this folder: sourced, never run.
# Exit codes are the command's own: 1 a step failed, 2 the input is wrong, 3 the machine lacks something.
# shellcheck shell=bash

# shellcheck disable=SC2034 # used by the scripts that source this
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

# A machine's first shell may know no HOME and none of the system folders.
export HOME="${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}"
for folder in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin "$HOME/.dotnet"; do
  case ":$PATH:" in *":$folder:"*) ;; *) PATH="$PATH:$folder" ;; esac
done
export PATH
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en

# shellcheck disable=SC2034
CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/mlops"

say() { printf '  %s\n' "$*" >&2; }

# fail CODE MESSAGE...: each MESSAGE is one line.
fail() {
  local code=$1
  shift
  printf '%s: %s\n' "$(basename "$0")" "$1" >&2
  shift
  [ $# -eq 0 ] || printf '  %s\n' "$@" >&2
  exit "$code"
}

has() { command -v "$1" >/dev/null 2>&1; }

# require_tools: what cannot be installed for you, all of it named at once.
require_tools() {
  local missing=()
  { has dotnet && dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; } || missing+=(".NET SDK 10: https://dotnet.microsoft.com/download")
  has npm || missing+=("npm (restores Google's protos): https://nodejs.org, or apt-get install npm")
  has git || missing+=("git: https://git-scm.com, or apt-get install git")
  [ ${#missing[@]} -eq 0 ] || fail 3 "this machine lacks:" "${missing[@]}"
}

# The engine's own answer, not the client's presence. Bounded: a dead socket must not hang a build.
engine_answers() { has docker && timeout 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

# install_packages PACKAGE...: what is missing, by apt, as root; else says what to install and exits 3.
install_packages() {
  local missing=() package
  for package; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  has apt-get || fail 3 "this machine lacks: ${missing[*]}" \
    "They can be installed here only on Debian and Ubuntu. Install them (or what your system calls them) and try again."
  [ "$(id -u)" = 0 ] || fail 3 "this machine lacks: ${missing[*]}" \
    "sudo apt-get install --no-install-recommends ${missing[*]}"
  say "installing ${missing[*]}"
  local log
  log=$(mktemp)
  if ! apt_install "${missing[@]}" >"$log" 2>&1 </dev/null; then
    tail -n 15 "$log" >&2
    fail 3 "apt-get could not install: ${missing[*]}" "Its last lines are above; the whole log is $log."
  fi
  rm -f "$log"
}

# optional_package PACKAGE: installed where that can be done; nothing depends on it but tests that say so when they skip.
optional_package() {
  { has apt-get && [ "$(id -u)" = 0 ]; } || return 0
  (install_packages "$1") || say "going on without $1"
}

# In a subshell, for its trap: policy-rc.d keeps a package from starting its system service, because what we
# need we start ourselves, with our own state.
apt_install() (
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=120 "$@"
)
