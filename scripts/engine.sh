#!/usr/bin/env bash
# A Docker engine that answers, and what the local cloud needs beside it. Nothing to do: under a second.
# On Debian and Ubuntu as root, what is missing is installed and started; elsewhere it is named (exit 3).
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

LOG="$CACHE/dockerd.log"

# start_engine: by systemd where it runs the machine, else in the background, living on after this script.
start_engine() {
  local waited=0
  say "starting the Docker engine"
  if [ -d /run/systemd/system ]; then
    systemctl start docker || fail 3 "systemd could not start docker" "journalctl -u docker says why."
  else
    # Without systemd, nobody may have mounted the control groups that containers live in.
    mountpoint -q /sys/fs/cgroup || { install_packages cgroupfs-mount && cgroupfs-mount; }
    setsid nohup dockerd >>"$LOG" 2>&1 </dev/null 9>&- &
  fi
  until engine_answers; do
    [ $((waited += 1)) -le 120 ] || fail 3 "the Docker engine did not answer within 60 s" "Its log: $LOG"
    [ -d /run/systemd/system ] || kill -0 $! 2>/dev/null ||
      fail 3 "the Docker engine ended while starting: $(tail -n 1 "$LOG")" "Its log: $LOG"
    sleep 0.5
  done
}

# The local cloud keeps images in the distribution's own registry: from a package or as an image.
ensure_registry() {
  ! has docker-registry || return 0
  ! docker image inspect registry:2 >/dev/null 2>&1 || return 0
  if has apt-get && [ "$(id -u)" = 0 ]; then
    install_packages docker-registry
  elif ! timeout 300 docker pull -q registry:2 >/dev/null 2>&1; then
    fail 3 "this machine lacks an OCI registry for the local cloud" \
      "Debian, Ubuntu: sudo apt-get install --no-install-recommends docker-registry" "Elsewhere: docker pull registry:2"
  fi
}

require_tools
if ! engine_answers; then
  [ -z "${DOCKER_HOST:-}" ] || fail 3 "no Docker engine answers at DOCKER_HOST=$DOCKER_HOST" "Start it, or unset DOCKER_HOST."
  mkdir -p "$CACHE"
  exec 9>"$CACHE/engine.lock"
  flock 9
  if ! engine_answers; then
    if ! has dockerd; then
      has apt-get || fail 3 "no Docker engine answers, and none is installed" "Install Docker Engine or Docker Desktop, start it, and try again."
      [ "$(uname -s)" = Linux ] || fail 3 "no Docker engine answers" "Start Docker Desktop and try again."
      install_packages docker.io docker-registry debootstrap busybox-static
      has docker || install_packages docker-cli
    fi
    [ "$(id -u)" = 0 ] || fail 3 "no Docker engine answers, and starting one takes root" "sudo systemctl start docker   (or: sudo dockerd &)" \
      "and be a member of the group docker: sudo usermod -aG docker $(id -un)"
    start_engine
  fi
fi
ensure_registry
