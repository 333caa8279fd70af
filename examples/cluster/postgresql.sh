#!/usr/bin/env bash
# Starts or stops PostgreSQL servers on the loopback interface, for trials: whoever is on this machine may do anything with them.
#   postgresql.sh start DIR SERVERS [PORT]   the first on PORT (54320), the others on the ports behind it
#   postgresql.sh stop DIR [NUMBER]          all, or one, from 0
# Needs Debian's package postgresql. As root the servers run as the user postgres, who must be able to reach DIR.
set -euo pipefail

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] || { echo "install the package postgresql" >&2; exit 3; }
as() { if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi; }

action=$1 dir=$(realpath -m "$2")
case $action in
start)
  servers=$3 port=${4:-54320}
  mkdir -p "$dir"
  for i in $(seq 0 $((servers - 1))); do
    data=$dir/pg$i
    if [ ! -d "$data" ]; then
      mkdir -p "$data"
      [ "$(id -u)" != 0 ] || chown postgres "$data"
      as "$bin/initdb" -D "$data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
    fi
    as "$bin/pg_ctl" -D "$data" status >/dev/null && continue
    as "$bin/pg_ctl" -D "$data" -l "$data/log" -w start \
      -o "-p $((port + i)) -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_wal_size=4GB" >/dev/null
  done ;;
stop)
  for data in "$dir"/pg${3:-*}; do
    as "$bin/pg_ctl" -D "$data" status >/dev/null 2>&1 || continue # it is down
    as "$bin/pg_ctl" -D "$data" -m fast -w stop >/dev/null || true
  done ;;
*) echo "start or stop" >&2; exit 2 ;;
esac
