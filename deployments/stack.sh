#!/usr/bin/env bash
# The stack on one machine, without containers: Postgres, Redis, SeaweedFS, a Prefect server, one
# worker for each pool. `stack.sh up | down | env | run COMMAND`. All it keeps is in runs/stack.
set -euo pipefail
cd "$(dirname "$0")/.."
stack=$PWD/runs/stack
bin=$PWD/.venv/bin
base=${PLAYERID_STACK_PORT:-14200}  # below the ports that clients are given
postgres_port=$((base + 1)) redis_port=$((base + 2)) s3_port=$((base + 3))
mkdir -p "$stack/log" "$stack/pid" && chmod 755 "$stack"

secrets() {  # made once, readable by their owner alone
  [ -f "$stack/secrets" ] || (umask 077 && for name in POSTGRES_PASSWORD AWS_ACCESS_KEY_ID \
    AWS_SECRET_ACCESS_KEY; do echo "$name=$(od -An -tx1 -N16 /dev/urandom | tr -d ' \n')"; done \
    > "$stack/secrets")
  set -a && . "$stack/secrets" && set +a
}

environment() {  # of flows, workers and the command line
  export PREFECT_API_URL=http://127.0.0.1:$base/api PREFECT_HOME=$stack/prefect
  export DO_NOT_TRACK=1 PREFECT_SERVER_ANALYTICS_ENABLED=false
  export PREFECT_FLOWS_HEARTBEAT_FREQUENCY=30 PREFECT_LOGGING_EXTRA_LOGGERS=playerid
  export PREFECT_WORKER_QUERY_SECONDS=5
  export AWS_ENDPOINT_URL=http://127.0.0.1:$s3_port AWS_DEFAULT_REGION=us-east-1
  export PLAYERID_ARCHIVE_URL=${PLAYERID_STACK_ARCHIVE:-s3://playerid/league}
  export PLAYERID_ON_POOLS=true PLAYERID_HOME=$PWD
  export PLAYERID_PACK=${PLAYERID_PACK:-starter} PLAYERID_WEIGHTS_CACHE=$PWD/.cache/weights
}

server_environment() {  # recorder and broker: without them bursts of task runs are lost
  export PREFECT_API_DATABASE_CONNECTION_URL=postgresql+asyncpg://prefect:$POSTGRES_PASSWORD@127.0.0.1:$postgres_port/prefect
  export PREFECT_MESSAGING_BROKER=prefect_redis.messaging PREFECT_MESSAGING_CACHE=prefect_redis.messaging
  export PREFECT_SERVER_EVENTS_CAUSAL_ORDERING=prefect_redis.ordering
  export PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE=prefect_redis.lease_storage
  export PREFECT_REDIS_MESSAGING_HOST=127.0.0.1 PREFECT_REDIS_MESSAGING_PORT=$redis_port
  export PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE=200
  export PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE=200
  export PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL=1
  export PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED=events,flow_runs PREFECT_API_ENABLE_METRICS=true
}

runs() {  # NAME: a process that was killed and is not yet buried does not
  [ -f "$stack/pid/$1" ] && ps -o stat= -p "$(cat "$stack/pid/$1")" | grep -qv "^Z"
}

start() {  # NAME COMMAND...: unless it runs
  local name=$1 && shift
  if runs "$name"; then return; fi
  setsid nohup "$@" >> "$stack/log/$name" 2>&1 < /dev/null &
  echo $! > "$stack/pid/$name"
}

keep() {  # NAME COMMAND...: as a cluster does, started again whenever it ends
  local name=$1 && shift
  start "$name" bash -c \
    'trap stop=1 INT TERM; until [ "${stop:-}" ]; do "$@"; [ "${stop:-}" ] || sleep 5; done' \
    "$name" "$@"
}

wait_until() {  # WHAT COMMAND...
  local what=$1 && shift
  for _ in $(seq 180); do "$@" > /dev/null 2>&1 && return; sleep 1; done
  echo "$what does not answer; see $stack/log" >&2 && exit 1
}

answers() { "$bin/python" -c "import urllib.request as u; u.urlopen('$1', timeout=5)"; }

s3_answers() {  # any answer but a refused connection
  "$bin/python" -c "import socket; socket.create_connection(('127.0.0.1', $s3_port), 2)"
}

packages() {  # Postgres and Redis of the distribution
  if ls /usr/lib/postgresql/*/bin/initdb && command -v redis-server; then return; fi > /dev/null 2>&1
  local as="" && [ "$(id -u)" = 0 ] || as=sudo
  $as apt-get -qq update
  $as env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y postgresql redis-server > /dev/null
}

up() {
  secrets && environment && packages
  local pg && pg=$(dirname "$(ls /usr/lib/postgresql/*/bin/initdb | sort -V | tail -1)")
  local as="" && [ "$(id -u)" != 0 ] || as="runuser -u postgres --"  # Postgres refuses root
  if [ ! -d "$stack/postgres/base" ]; then
    install -d -m 700 "$stack/postgres" && printf %s "$POSTGRES_PASSWORD" > "$stack/password"
    [ -z "$as" ] || chown postgres "$stack/postgres" "$stack/password"
    $as "$pg/initdb" -D "$stack/postgres" -U prefect -A scram-sha-256 \
      --pwfile "$stack/password" > "$stack/log/initdb"
    rm "$stack/password"
  fi
  start postgres $as "$pg/postgres" -D "$stack/postgres" -p "$postgres_port" -h 127.0.0.1 -k /tmp \
    -c max_connections=200
  mkdir -p "$stack/redis" "$stack/s3"
  start redis redis-server --port "$redis_port" --bind 127.0.0.1 --dir "$stack/redis" \
    --appendonly yes --save ""
  (umask 077 && printf '{"identities":[{"name":"playerid","credentials":[{"accessKey":"%s","secretKey":"%s"}],"actions":["Admin","Read","Write","List","Tagging"]}]}' \
    "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" > "$stack/s3.json")
  start s3 "$bin/weed" server -dir="$stack/s3" -ip=127.0.0.1 -ip.bind=127.0.0.1 \
    -master.telemetry=false -master.port=$((base + 10)) -volume.port=$((base + 11)) \
    -filer.port=$((base + 12)) -volume.max=100 -master.volumeSizeLimitMB=512 \
    -s3 -s3.port="$s3_port" -s3.port.iceberg=0 -s3.port.lance=0 -s3.config="$stack/s3.json"
  export PGPASSWORD=$POSTGRES_PASSWORD
  wait_until Postgres psql -h 127.0.0.1 -p "$postgres_port" -U prefect -d postgres -c "select 1"
  psql -h 127.0.0.1 -p "$postgres_port" -U prefect -d postgres -tAc \
    "select 1 from pg_database where datname = 'prefect'" | grep -q 1 ||
    createdb -h 127.0.0.1 -p "$postgres_port" -U prefect prefect
  wait_until Redis redis-cli -p "$redis_port" ping
  wait_until SeaweedFS s3_answers
  wait_until "The bucket" "$bin/python" -c \
    "import s3fs; s3fs.S3FileSystem().makedirs('playerid', exist_ok=True)"
  (server_environment && start server "$bin/prefect" server start --host 127.0.0.1 --port "$base")
  wait_until "The Prefect server" answers "$PREFECT_API_URL/health"
  "$bin/playerid" deploy --pools process
  # Room for a night, a backfill with its four games, and games of the night beside them.
  keep cpu "$bin/prefect" worker start --pool cpu --name cpu --limit "${PLAYERID_STACK_CPU:-8}"
  keep gpu-t4 "$bin/prefect" worker start --pool gpu-t4 --name gpu-t4 --limit 1
  echo "Prefect: http://127.0.0.1:$base   archive: $PLAYERID_ARCHIVE_URL   logs: $stack/log"
}

down() {
  for name in gpu-t4 cpu server s3 redis postgres; do
    [ -f "$stack/pid/$name" ] || continue
    pid=$(cat "$stack/pid/$name")
    kill -INT "-$pid" 2>/dev/null || true
    for _ in $(seq 30); do kill -0 "$pid" 2>/dev/null || break; sleep 1; done
    kill -KILL "-$pid" 2>/dev/null || true
    rm "$stack/pid/$name"
  done
}

case ${1:-} in
  up) up ;;
  down) down ;;
  env) secrets && environment && env | grep -E '^(PREFECT|PLAYERID|AWS|DO_NOT)_' ;;
  run) shift && secrets && environment && exec "$@" ;;
  *) echo "usage: stack.sh up | down | env | run COMMAND" >&2 && exit 2 ;;
esac
