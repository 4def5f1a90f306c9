#!/usr/bin/env bash
# Puts the images that everybody's Dockerfiles start from into the Docker engine.
# In the engine already: nothing. Else pulled. Else a stand-in of the same name is made out of the
# distribution's packages and this machine's own .NET (docs/decisions/0003-stand-in-base-images.md).
# Where Google's registry cannot be reached, stand-ins for its builders (gcr.io/cloud-builders/docker, git, curl) are made too, under
# names of their own; MLOPS_STAND_IN_GCLOUD=1 adds gcloud and gsutil out of this machine's Google Cloud SDK (600 MB).
#   scripts/base-images.sh [--force]     --force makes the stand-ins again
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

DOTNET=mcr.microsoft.com/dotnet
IMAGES=("$DOTNET/runtime-deps:10.0" "$DOTNET/runtime:10.0" "$DOTNET/aspnet:10.0" "$DOTNET/sdk:10.0"
  python:3.11-slim busybox:1.36)
BUILDERS=(cloud-builders/docker:stand-in cloud-builders/git:stand-in cloud-builders/curl:stand-in)
SDK_FOLDER=/usr/lib/google-cloud-sdk
[ "${MLOPS_STAND_IN_GCLOUD:-}" != 1 ] ||
  BUILDERS+=(cloud-builders/gcloud:stand-in cloud-builders/gsutil:stand-in cloudsdktool/cloud-sdk:stand-in)
SUITE=bookworm
# Git, curl and what the layers below lack of their dependencies.
BUILDER_PACKAGES="curl git git-man libbrotli1 libcurl3-gnutls libcurl4 liberror-perl libgdbm-compat4 libgdbm6 libldap-2.5-0
  libnghttp2-14 libperl5.36 libpsl5 librtmp1 libsasl2-2 libsasl2-modules-db libssh2-1 perl perl-modules-5.36"
BASE_PACKAGES=ca-certificates,libicu72,libssl3,zlib1g,libstdc++6,libgomp1,tzdata

there() { docker image inspect --format '{{.Id}}' "$@" >/dev/null 2>&1; }

FORCE=
[ "${1:-}" != --force ] || FORCE=1
engine_answers || fail 3 "no Docker engine answers" "Run scripts/engine.sh, which installs and starts one where it can."
[ -n "$FORCE" ] || ! there "${IMAGES[@]}" "${BUILDERS[@]}" || exit 0

# Any answer will do: the originals are pulled by the builds that name them.
if has curl && curl -s -o /dev/null --max-time 15 https://gcr.io/v2/; then BUILDERS=(); fi

mkdir -p "$CACHE"
exec 9>"$CACHE/base-images.lock"
flock 9
WORK=$(mktemp -d "$CACHE/work.XXXXXX")
trap 'rm -rf --one-file-system "$WORK"' EXIT

# pull IMAGE: a registry gets 15 s to answer at all, and then 15 minutes to send the image.
pull() {
  local log="$WORK/pull.${1//[^a-z0-9]/-}" pid waited=0
  : >"$log"
  timeout 900 docker pull --platform linux/amd64 "$1" >"$log" 2>&1 &
  pid=$!
  while kill -0 "$pid" 2>/dev/null && ! grep -q 'Pulling from' "$log"; do
    [ $((waited += 1)) -le 75 ] || kill "$pid" 2>/dev/null || true
    sleep 0.2
  done
  wait "$pid"
}

MISSING=()
for image in "${IMAGES[@]}"; do
  if [ -n "$FORCE" ] || ! there "$image"; then MISSING+=("$image"); fi
done
if [ -z "$FORCE" ]; then
  for image in "${MISSING[@]}"; do pull "$image" & done
  wait
  LEFT=()
  for image in "${MISSING[@]}"; do
    if there "$image"; then say "$image pulled"; else LEFT+=("$image"); fi
  done
  MISSING=("${LEFT[@]}")
fi
for image in "${BUILDERS[@]}"; do
  if [ -n "$FORCE" ] || ! there "$image"; then MISSING+=("$image"); fi
done
[ ${#MISSING[@]} -gt 0 ] || exit 0

# ---- stand-ins -------------------------------------------------------------------------------------

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] ||
  fail 3 "cannot pull ${MISSING[*]}" "Stand-ins are linux/amd64 and can be made on such a machine only. Make a registry reachable."
install_packages debootstrap busybox-static
[ "$(id -u)" = 0 ] || fail 3 "cannot pull ${MISSING[*]}" "Making stand-ins takes root (debootstrap): sudo $0"

# The mirror is the one that this machine's own apt uses.
debian_mirror() {
  local mirror=${MLOPS_DEBIAN_MIRROR:-}
  # shellcheck disable=SC2016 # apt's own variables
  [ -n "$mirror" ] || mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk '$3 == "main" && $2 !~ /security|updates|backports/ && $1 !~ /ubuntu/ {print $1; exit}')
  [ -n "$mirror" ] || fail 3 "cannot pull ${MISSING[*]}, and apt knows no Debian mirror to make stand-ins from" \
    "Name one: MLOPS_DEBIAN_MIRROR=http://HOST/debian $0"
  printf '%s' "${mirror%/}"
}

# bootstrap FOLDER PACKAGES [OPTION...]: downloads are kept in the cache and used again.
bootstrap() {
  local folder=$1 packages=$2 proxy='' mirror
  shift 2
  mirror=$(debian_mirror)
  eval "$(apt-config shell proxy Acquire::http::Proxy)"
  mkdir -p "$CACHE/debs"
  if ! http_proxy="${proxy:-${http_proxy:-}}" debootstrap --variant=minbase --cache-dir="$CACHE/debs" \
    --include="$packages" "$@" "$SUITE" "$folder" "$mirror" >"$WORK/debootstrap.log" 2>&1 </dev/null; then
    tail -n 15 "$WORK/debootstrap.log" >&2
    fail 1 "debootstrap failed; its last lines are above"
  fi
}

# What a machine, a moment or a download leaves behind is not content. layer() does the times.
tidy() {
  local root=$1 days=$2
  rm -rf "$root"/var/log/* "$root"/var/cache/{apt,ldconfig,debconf}/* "$root"/var/lib/apt/lists/* "$root"/tmp/* \
    "$root"/usr/share/{doc,man,info,locale,lintian}/* "$root"/var/lib/dpkg/*-old "$root"/var/lib/apt/extended_states \
    "$root"/etc/{passwd,group,shadow,gshadow,subuid,subgid}- "$root"/etc/{hostname,resolv.conf,machine-id}
  mkdir -p "$root/var/log/apt" "$root/var/lib/apt/lists/partial" "$root/var/cache/apt/archives/partial"
  awk -F: -v OFS=: -v days="$days" '{$3 = days; print}' "$root/etc/shadow" >"$root/tmp/shadow"
  cat "$root/tmp/shadow" >"$root/etc/shadow"
  rm "$root/tmp/shadow"
}

# layer FILE FOLDER EPOCH [TAR OPTION...]: the same content gives the same bytes.
# Python trusts a .pyc by its source's time, so packages' own times stay and only newer ones are clamped.
layer() {
  local file=$1 folder=$2 epoch=$3
  shift 3
  LC_ALL=C tar --create --file "$file.new" --directory "$folder" --format=gnu --sort=name --numeric-owner \
    --mtime="@$epoch" --clamp-mtime --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' "$@"
  mv "$file.new" "$file"
}

# changed_since STAMP FOLDER: paths, each with all its parents, so that a parent keeps its mode.
changed_since() {
  (cd "$2" && find . -xdev -cnewer "$1" ! -path './dev/*' ! -path './proc/*' -print) |
    awk '{ path = $0; while (path ~ /\//) { seen[path] = 1; sub(/\/[^\/]*$/, "", path) } } END { for (path in seen) print path }' |
    LC_ALL=C sort
}

# python_packages ROOT: installs into the Debian base what Python adds to it, from downloads of the same mirror.
python_packages() {
  local root=$1 all="$WORK/all" deb
  bootstrap "$all" "$BASE_PACKAGES,python3" --download-only
  mkdir "$root/debs"
  for deb in "$all"/var/cache/apt/archives/*.deb; do
    chroot "$root" dpkg-query -W "$(basename "${deb%%_*}")" >/dev/null 2>&1 || cp "$deb" "$root/debs/"
  done
  chroot "$root" sh -c 'DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends /debs/*.deb' \
    >"$WORK/python.log" 2>&1 </dev/null || { tail "$WORK/python.log" >&2; fail 1 "python3 did not install; the last lines are above"; }
  rm -rf "$root/debs"
  ln -sf python3 "$root/usr/bin/python"
  ln -sf /usr/bin/python3 "$root/usr/local/bin/python3"
  ln -sf /usr/bin/python3 "$root/usr/local/bin/python"
}

# The Debian layer under all of them, and Python's on top of it. Kept in the cache.
debian_layers() {
  [ -n "$FORCE" ] || [ ! -s "$CACHE/$SUITE.epoch" ] || return 0
  local root="$WORK/debian" epoch
  say "making a Debian base with debootstrap (about a minute; kept in $CACHE)"
  bootstrap "$root" "$BASE_PACKAGES"
  epoch=$(date -d "$(sed -n 's/^Date: //p' "$root"/var/lib/apt/lists/*Release | head -n 1)" +%s)
  tidy "$root" $((epoch / 86400))
  layer "$CACHE/$SUITE.tar" "$root" "$epoch" .
  touch "$WORK/stamp"
  python_packages "$root"
  tidy "$root" $((epoch / 86400))
  changed_since "$WORK/stamp" "$root" >"$WORK/python.files"
  layer "$CACHE/$SUITE-python.tar" "$root" "$epoch" --no-recursion --files-from="$WORK/python.files"
  echo "$epoch" >"$CACHE/$SUITE.epoch"
}

# Git and curl on top of Python's layer, and the docker command alone out of its package. Kept in the cache.
builders_layer() {
  [ -n "$FORCE" ] || [ ! -s "$CACHE/$SUITE-builders.tar" ] || return 0
  local root="$WORK/builders" all="$WORK/builders.all" cli="$WORK/builders.cli" deb
  say "making the layer of git, curl and docker (kept in $CACHE)"
  mkdir -p "$root/dev" "$root/proc" "$root/sys"
  tar --extract --file "$CACHE/$SUITE.tar" --directory "$root"
  tar --extract --file "$CACHE/$SUITE-python.tar" --directory "$root"
  [ -e "$root/dev/null" ] || mknod -m 666 "$root/dev/null" c 1 3
  bootstrap "$all" "$BASE_PACKAGES,python3,git,curl" --download-only
  bootstrap "$cli" "$BASE_PACKAGES,docker.io" --download-only
  touch "$WORK/stamp"
  mkdir "$root/debs"
  for deb in $BUILDER_PACKAGES; do cp "$all/var/cache/apt/archives/${deb}"_*.deb "$root/debs/"; done
  chroot "$root" sh -c 'DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends /debs/*.deb' \
    >"$WORK/builders.log" 2>&1 </dev/null || { tail "$WORK/builders.log" >&2; fail 1 "git and curl did not install; the last lines are above"; }
  rm -rf "$root/debs"
  for deb in "$cli"/var/cache/apt/archives/docker.io_*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar --extract --directory "$root" ./usr/bin/docker
  done
  touch -d "@$(cat "$CACHE/$SUITE.epoch")" "$root/usr/bin/docker"
  tidy "$root" $(($(cat "$CACHE/$SUITE.epoch") / 86400))
  changed_since "$WORK/stamp" "$root" >"$WORK/builders.files"
  layer "$CACHE/$SUITE-builders.tar" "$root" "$(cat "$CACHE/$SUITE.epoch")" --no-recursion --files-from="$WORK/builders.files"
}

# gcloud and gsutil as this machine has them, run by Debian's Python instead of the one that comes with them.
gcloud_layer() {
  [ -d "$SDK_FOLDER" ] || fail 3 "there is no Google Cloud SDK in $SDK_FOLDER to make a stand-in from" "apt-get install google-cloud-cli, or leave MLOPS_STAND_IN_GCLOUD out."
  mkdir -p "$WORK/gcloud/usr/bin"
  ln -s "$SDK_FOLDER/bin/gcloud" "$WORK/gcloud/usr/bin/gcloud"
  ln -s "$SDK_FOLDER/bin/gsutil" "$WORK/gcloud/usr/bin/gsutil"
  LC_ALL=C tar --create --file "$1" --directory="$WORK/gcloud" --format=gnu --sort=name --numeric-owner --owner=0 --group=0 --mtime="@$EPOCH" \
    ./usr/bin/gcloud ./usr/bin/gsutil --directory=/ --exclude='__pycache__' \
    "${SDK_FOLDER#/}"/{lib,data,platform/gsutil,bin/gcloud,bin/gsutil,bin/bootstrapping,VERSION,properties}
}

dotnet_root() { dirname "$(readlink -f "$(command -v dotnet)")"; }

# newest FOLDER: the newest 10.0 version in it.
newest() {
  local version
  version=$(find "$1" -mindepth 1 -maxdepth 1 -printf '%f\n' 2>/dev/null | grep -E '^10\.0\.[0-9]+$' | LC_ALL=C sort -V | tail -n 1) || true
  [ -n "$version" ] || fail 3 "no 10.0 version in $1" "Install the .NET 10 SDK."
  printf '%s' "$version"
}

# dotnet_layer FILE EXTRA PATH...: folders of this machine's .NET at /usr/share/dotnet, and the files of EXTRA at /.
dotnet_layer() {
  local file=$1 extra=$2
  local same=(--directory="$extra" --format=gnu --sort=name --numeric-owner --owner=0 --group=0 --mtime="@$EPOCH")
  shift 2
  mkdir -p "$extra"
  LC_ALL=C tar --create --file "$file" "${same[@]}" --directory="$(dotnet_root)" --mode=u+w,go+rX \
    --transform='s,^,usr/share/dotnet/,S' "$@"
  LC_ALL=C tar --append --file "$file" "${same[@]}" --no-recursion \
    --files-from=<(cd "$extra" && find . -mindepth 1 ! -type d | LC_ALL=C sort)
}

# The user that the real images bring.
app_user_layer() {
  local extra="$WORK/user" file
  mkdir -p "$extra/etc" "$extra/home/app"
  for file in passwd group shadow gshadow; do
    tar --extract --to-stdout --file "$CACHE/$SUITE.tar" "./etc/$file" >"$extra/etc/$file"
  done
  echo 'app:x:1654:1654::/home/app:/bin/sh' >>"$extra/etc/passwd"
  echo 'app:x:1654:' >>"$extra/etc/group"
  echo "app:!:$((EPOCH / 86400)):0:99999:7:::" >>"$extra/etc/shadow"
  echo 'app:!::' >>"$extra/etc/gshadow"
  chmod 755 "$extra/etc"
  chmod 644 "$extra/etc/passwd" "$extra/etc/group"
  chmod 640 "$extra/etc/shadow" "$extra/etc/gshadow"
  chown 0:42 "$extra/etc/shadow" "$extra/etc/gshadow"
  chmod 750 "$extra/home/app"
  chown 1654:1654 "$extra/home/app"
  layer "$1" "$extra" "$EPOCH" --no-recursion ./etc ./etc/passwd ./etc/group ./etc/shadow ./etc/gshadow ./home/app
}

# sdk_settings FOLDER: certificates and package sources of this machine, so that `dotnet restore` works
# inside. No other stand-in has them. A source with a password in its address is left out.
sdk_settings() {
  local bundle
  mkdir -p "$1/etc/ssl/certs" "$1/root/.nuget/NuGet"
  for bundle in "${SSL_CERT_FILE:-}" /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt; do
    [ ! -r "$bundle" ] || break
  done
  cat "$bundle" >"$1/etc/ssl/certs/ca-certificates.crt"
  {
    echo '<?xml version="1.0" encoding="utf-8"?>'
    echo '<configuration><packageSources><clear />'
    dotnet nuget list source --format short | sed -n 's/^E \(http.*\)$/\1/p' | awk '!/:\/\/[^\/]*@/ {print "<add key=\"source" NR "\" value=\"" $0 "\" />"}'
    echo '</packageSources></configuration>'
  } >"$1/root/.nuget/NuGet/NuGet.Config"
  chmod 644 "$1/etc/ssl/certs/ca-certificates.crt" "$1/root/.nuget/NuGet/NuGet.Config"
}

busybox_layer() {
  local root="$WORK/busybox" applet
  mkdir -p "$root"/{bin,etc,home,root,usr/bin,usr/sbin,var/log,var/tmp,tmp,dev,proc,sys}
  cp "$(dpkg -L busybox-static | grep '/bin/busybox$')" "$root/bin/busybox"
  "$root/bin/busybox" --list | while read -r applet; do [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"; done
  ln -s /bin/env "$root/usr/bin/env"
  printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n' >"$root/etc/passwd"
  printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
  chmod 1777 "$root/tmp" "$root/var/tmp"
  chmod 700 "$root/root"
  layer "$1" "$root" 0 --owner=0 --group=0 .
}

# ---- images: a layer is a tar, an image is a small JSON file over layers, `docker load` takes both ----

json() { printf '"%s"' "$(printf '%s' "$1" | sed 's/[\\"]/\\&/g')"; }
joined() { local IFS=,; printf '%s' "$*"; }

# use LAYER: puts a layer into the archive under its digest.
use() {
  local id
  id=$(sha256sum "$2" | cut -d' ' -f1)
  printf '%s' "$id" >"$WORK/$1.id"
  ln -sf "$(readlink -f "$2")" "$WORK/archive/$id.tar"
}

# image NAME EPOCH COMMAND "LAYER..." SETTING...: adds one image to the archive; a layer is named as `use` named it.
image() {
  local name=$1 created command=$3 layers=$4 layer id setting config env=() ids=() files=() history=()
  wanted "$name" || return 0
  created=$(date -u -d "@$2" +%Y-%m-%dT%H:%M:%SZ)
  shift 4
  for setting; do env+=("$(json "$setting")"); done
  for layer in $layers; do
    id=$(cat "$WORK/$layer.id")
    ids+=("\"sha256:$id\"")
    files+=("\"$id.tar\"")
    history+=("{\"created\":\"$created\",\"created_by\":\"stand-in layer: $layer\"}")
  done
  config="{\"architecture\":\"amd64\",\"os\":\"linux\",\"created\":\"$created\",\"config\":{\"Env\":[$(joined "${env[@]}")],"
  # With an entrypoint, as Google's builders have one, the command is the step's.
  if [ -n "${ENTRYPOINT:-}" ]; then config+="\"Entrypoint\":[$(json "$ENTRYPOINT")],"; else config+="\"Cmd\":[$(json "$command")],"; fi
  config+="\"WorkingDir\":\"\",\"Labels\":{\"mlops.stand-in\":\"true\"}},"
  config+="\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[$(joined "${ids[@]}")]},\"history\":[$(joined "${history[@]}")]}"
  id=$(printf '%s' "$config" | sha256sum | cut -d' ' -f1)
  printf '%s' "$config" >"$WORK/archive/$id.json"
  MANIFEST+=("{\"Config\":\"$id.json\",\"RepoTags\":[$(json "$name")],\"Layers\":[$(joined "${files[@]}")]}")
}

# wanted PATTERN: is one of the missing images called so?
# shellcheck disable=SC2254 # a pattern is meant
wanted() { local image; for image in "${MISSING[@]}"; do case "$image" in $1) return 0 ;; esac; done; return 1; }

MANIFEST=()
mkdir "$WORK/archive"
SEARCH=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

if wanted 'busybox:*'; then
  busybox_layer "$WORK/busybox.tar"
  use busybox "$WORK/busybox.tar"
  image busybox:1.36 0 sh busybox "$SEARCH"
fi

if wanted 'python:*' || wanted "$DOTNET/*" || wanted '*:stand-in'; then
  debian_layers
  EPOCH=$(cat "$CACHE/$SUITE.epoch")
  use debian "$CACHE/$SUITE.tar"
  use python "$CACHE/$SUITE-python.tar"
  image python:3.11-slim "$EPOCH" python3 "debian python" "$SEARCH" LANG=C.UTF-8
fi

if wanted 'cloud-builders/*' || wanted 'cloudsdktool/*'; then
  builders_layer
  use builders "$CACHE/$SUITE-builders.tar"
  for builder in docker git curl; do
    ENTRYPOINT=$builder image "cloud-builders/$builder:stand-in" "$EPOCH" '' "debian python builders" "$SEARCH" LANG=C.UTF-8
  done
fi

if wanted 'cloud-builders/g[cs]*' || wanted 'cloudsdktool/*'; then
  gcloud_layer "$WORK/gcloud.tar"
  use gcloud "$WORK/gcloud.tar"
  GCLOUD=("$EPOCH" bash "debian python builders gcloud" "$SEARCH" LANG=C.UTF-8 CLOUDSDK_PYTHON=/usr/bin/python3 CLOUDSDK_CORE_DISABLE_PROMPTS=1)
  ENTRYPOINT=gcloud image cloud-builders/gcloud:stand-in "${GCLOUD[@]}"
  ENTRYPOINT=gsutil image cloud-builders/gsutil:stand-in "${GCLOUD[@]}"
  image cloudsdktool/cloud-sdk:stand-in "${GCLOUD[@]}"
fi

if wanted "$DOTNET/*"; then
  has dotnet || fail 3 "cannot pull $DOTNET/..., and there is no .NET here to make stand-ins from" "Install the .NET 10 SDK."
  FROM=$(dotnet_root)
  RUNTIME=$(newest "$FROM/shared/Microsoft.NETCore.App")
  ASPNET=$(newest "$FROM/shared/Microsoft.AspNetCore.App")
  ENV=("$SEARCH" APP_UID=1654 DOTNET_RUNNING_IN_CONTAINER=true)
  WEB=ASPNETCORE_HTTP_PORTS=8080

  app_user_layer "$WORK/user.tar"
  use user "$WORK/user.tar"
  image "$DOTNET/runtime-deps:10.0" "$EPOCH" bash "debian user" "${ENV[@]}" "$WEB"

  mkdir -p "$WORK/link/usr/bin"
  ln -s /usr/share/dotnet/dotnet "$WORK/link/usr/bin/dotnet"
  dotnet_layer "$WORK/runtime.tar" "$WORK/link" dotnet "host/fxr/$(newest "$FROM/host/fxr")" "shared/Microsoft.NETCore.App/$RUNTIME"
  use runtime "$WORK/runtime.tar"
  ENV+=("DOTNET_VERSION=$RUNTIME")
  image "$DOTNET/runtime:10.0" "$EPOCH" bash "debian user runtime" "${ENV[@]}" "$WEB"

  dotnet_layer "$WORK/aspnet.tar" "$WORK/nothing" "shared/Microsoft.AspNetCore.App/$ASPNET"
  use aspnet "$WORK/aspnet.tar"
  ENV+=("ASPNET_VERSION=$ASPNET")
  image "$DOTNET/aspnet:10.0" "$EPOCH" bash "debian user runtime aspnet" "${ENV[@]}" "$WEB"
fi

if wanted "$DOTNET/sdk:*"; then
  PROXIES=()
  for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    case "${!name:-}" in
      '') ;;
      *@*) say "$name may hold a password and is not put into the SDK stand-in" ;;
      *) PROXIES+=("$name=${!name}") ;;
    esac
  done
  SDK=$(newest "$FROM/sdk")
  PARTS=("sdk/$SDK")
  for part in sdk-manifests packs templates; do [ ! -d "$FROM/$part" ] || PARTS+=("$part"); done
  sdk_settings "$WORK/settings"
  dotnet_layer "$WORK/sdk.tar" "$WORK/settings" "${PARTS[@]}"
  use sdk "$WORK/sdk.tar"
  image "$DOTNET/sdk:10.0" "$EPOCH" bash "debian user runtime aspnet sdk" "${ENV[@]}" ASPNETCORE_HTTP_PORTS= "DOTNET_SDK_VERSION=$SDK" \
    DOTNET_NOLOGO=true DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false DOTNET_USE_POLLING_FILE_WATCHER=true \
    NUGET_XMLDOC_MODE=skip NUGET_CERT_REVOCATION_MODE=offline SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt "${PROXIES[@]}"
fi

printf '[%s]' "$(joined "${MANIFEST[@]}")" >"$WORK/archive/manifest.json"
tar --create --dereference --directory "$WORK/archive" . | docker load >"$WORK/load.log" 2>&1 ||
  { cat "$WORK/load.log" >&2; fail 1 "the engine did not take the stand-ins"; }
for image in "${MISSING[@]}"; do say "$image cannot be pulled: stand-in made"; done
