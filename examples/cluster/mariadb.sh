#!/usr/bin/env bash
# Starts or stops a MariaDB server on the loopback interface, for trials: whoever is on this machine may do anything with it.
#   mariadb.sh start DIR [PORT]   on PORT (53306)
#   mariadb.sh stop DIR
# Needs Debian's package mariadb-server.
set -euo pipefail

PATH=$PATH:/usr/sbin
command -v mariadbd >/dev/null || { echo "install the package mariadb-server" >&2; exit 3; }

action=$1 dir=$(realpath -m "$2")
case $action in
start)
  port=${3:-53306}
  mkdir -p "$dir"
  [ -d "$dir/mariadb" ] || mariadb-install-db --no-defaults --datadir="$dir/mariadb" --auth-root-authentication-method=normal --skip-test-db --user="$(id -un)" >/dev/null
  mariadbd --no-defaults --user="$(id -un)" --datadir="$dir/mariadb" --bind-address=127.0.0.1 --port="$port" --socket="$dir/mariadb/socket" \
    --pid-file="$dir/mariadb/pid" --innodb-flush-log-at-trx-commit=0 --local-infile=1 --tmp-table-size=1G --max-heap-table-size=1G >"$dir/mariadb/out" 2>&1 </dev/null &
  for _ in $(seq 100); do
    mariadb --no-defaults --protocol=tcp --host=127.0.0.1 --port="$port" --user=root -e 'CREATE DATABASE IF NOT EXISTS elders CHARACTER SET utf8mb4' 2>/dev/null && exit 0
    sleep 0.2
  done
  echo "the server does not answer: see $dir/mariadb/out" >&2
  exit 1 ;;
stop)
  pid=$(cat "$dir/mariadb/pid")
  kill "$pid"
  while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done ;;
*) echo "start or stop" >&2; exit 2 ;;
esac
