#!/usr/bin/env bash
# The images where no registry is reached: a base of Debian's packages, the recipe beside this file
# on it, and a start as a cluster starts them. `images.sh base | build [cpu|cuda] | check [cpu|cuda]`.
# Needs 40 GB of disk while it builds, and podman's rights; packages() installs what it runs.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=$PWD/runs/images
base=localhost/playerid-base:bookworm
target=${2:-cpu} image=localhost/playerid:${2:-cpu}
certificates=/etc/ssl/certs/ca-certificates.crt
mkdir -p "$here"

packages() {
  if command -v mmdebstrap && command -v podman && command -v runc; then return; fi > /dev/null
  local as="" && [ "$(id -u)" = 0 ] || as=sudo
  $as apt-get -qq update
  $as env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y mmdebstrap podman runc > /dev/null
}

engine() {  # limits that this user may give; crun knows no machine with both versions of cgroups
  printf '[containers]\ndefault_ulimits = ["nofile=%s:%s", "nproc=4096:4096"]\nnetns = "host"\n' \
    "$(ulimit -Sn)" "$(ulimit -Hn)" > "$here/containers.conf"
  printf '[engine]\nevents_logger = "file"\n' >> "$here/containers.conf"
  [ ! -d /sys/fs/cgroup/unified ] || echo 'runtime = "runc"' >> "$here/containers.conf"
  export CONTAINERS_CONF=$here/containers.conf
}

make_base() {  # what the recipe expects of python:3.11-slim-bookworm
  mmdebstrap --variant=minbase --include=ca-certificates,python-is-python3,python3-venv bookworm - \
    | podman import - "$base"
}

build() {  # with the certificates of this machine, which are not kept in the image
  podman image exists "$base" || make_base
  printf '[global]\ncert = %s\n' "$certificates" > "$here/pip.conf"
  echo 'native-tls = true' > "$here/uv.toml"
  podman build --format docker --network host --build-arg "PYTHON=$base" --target "$target" \
    --volume "$certificates:$certificates:ro" --volume "$here/pip.conf:/etc/pip.conf:ro" \
    --volume "$here/uv.toml:/etc/uv/uv.toml:ro" --file deployments/images/Dockerfile --tag "$image" .
}

start() {  # NAME OPTIONS...: as compose.yaml and pools/kubernetes.yaml do
  local name=$1 && shift
  podman rm --force --ignore "$name" > /dev/null
  podman run --name "$name" --read-only --cap-drop all --security-opt no-new-privileges \
    --tmpfs /tmp "$@"
}

check() {
  start playerid-rights --rm --entrypoint sh "$image" -euc '
    test "$(id -u):$(id -g)" = 1000:1000
    grep -q "^CapEff:.*0000000000000000$" /proc/self/status
    for place in / /app /opt/playerid /etc; do
      if touch "$place/x" 2> /dev/null; then echo "$place can be written"; exit 1; fi
    done
    touch /scratch/x
    for tool in cc gcc make; do if command -v $tool; then echo "$tool is there"; exit 1; fi; done
    test -s /opt/playerid/sbom.cdx.json
    echo "user 1000, no capability, only /scratch is written, no compiler, a bill of materials"'
  start playerid-doctor --rm "$image" playerid doctor --archive /scratch/archive
  start playerid-server --detach "$image" prefect server start --host 127.0.0.1 --port 14400 \
    > /dev/null
  for _ in $(seq 60); do
    if podman exec playerid-server python -c "import urllib.request as r
r.urlopen('http://127.0.0.1:14400/api/health', timeout=5)" 2> /dev/null; then break; fi
    sleep 2
  done
  podman healthcheck run playerid-server && echo "healthy: $(podman inspect playerid-server \
    --format '{{.State.Health.Status}}, by {{json .Config.Healthcheck.Test}}')"
  podman exec playerid-server python -c "import urllib.request as r
print('server:', r.urlopen('http://127.0.0.1:14400/api/health', timeout=5).read().decode())"
  podman stop --time 30 playerid-server > /dev/null
  echo "stopped by its entrypoint with status $(podman inspect playerid-server \
    --format '{{.State.ExitCode}}')"
  podman rm playerid-server > /dev/null
  podman image inspect "$image" --format '{{.Id}} {{.Size}} bytes'
}

case ${1:-} in
  base) packages && engine && make_base ;;
  build) packages && engine && build ;;
  check) packages && engine && check ;;
  *) echo "usage: images.sh base | build [cpu|cuda] | check [cpu|cuda]" >&2 && exit 2 ;;
esac
