#!/usr/bin/env bash
# Starts or stops ClickHouse servers on the loopback interface, for trials. The cluster "elders" has each of them as a shard.
#   clickhouse.sh start DIR SERVERS [PORT]   the first on PORT (59000), the others on the ports behind it
#   clickhouse.sh stop DIR [NUMBER]          all, or one, from 0
# Needs Debian's packages clickhouse-server and clickhouse-client.
set -euo pipefail

command -v clickhouse-server >/dev/null || [ -x /usr/sbin/clickhouse-server ] || { echo "install the package clickhouse-server" >&2; exit 3; }
command -v clickhouse-client >/dev/null || { echo "install the package clickhouse-client" >&2; exit 3; }
PATH=$PATH:/usr/sbin

action=$1 dir=$(realpath -m "$2")

# config writes the configuration of server $1 of $2, of which the first has port $3.
config() {
  local data=$dir/ch$1 shards= i
  for i in $(seq 0 $(($2 - 1))); do
    shards+="<shard><replica><host>127.0.0.1</host><port>$(($3 + i))</port></replica></shard>"
  done
  mkdir -p "$data"/{data,tmp,format}
  cat >"$data/config.xml" <<XML
<yandex>
  <logger><level>warning</level><log>$data/log</log><errorlog>$data/errors</errorlog></logger>
  <listen_host>127.0.0.1</listen_host>
  <tcp_port>$(($3 + $1))</tcp_port>
  <path>$data/data/</path><tmp_path>$data/tmp/</tmp_path><format_schema_path>$data/format/</format_schema_path>
  <users_config>$data/users.xml</users_config>
  <default_profile>default</default_profile><default_database>default</default_database>
  <mark_cache_size>268435456</mark_cache_size>
  <remote_servers><elders>$shards</elders></remote_servers>
</yandex>
XML
  cat >"$data/users.xml" <<XML
<yandex>
  <profiles><default><max_memory_usage>4000000000</max_memory_usage></default></profiles>
  <users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
  <quotas><default></default></quotas>
</yandex>
XML
}

case $action in
start)
  servers=$3 port=${4:-59000}
  for i in $(seq 0 $((servers - 1))); do
    [ ! -f "$dir/ch$i/pid" ] || ! kill -0 "$(cat "$dir/ch$i/pid")" 2>/dev/null || continue
    config "$i" "$servers" "$port"
    clickhouse-server --config-file="$dir/ch$i/config.xml" >"$dir/ch$i/out" 2>&1 </dev/null &
    echo $! >"$dir/ch$i/pid"
  done
  for i in $(seq 0 $((servers - 1))); do
    for _ in $(seq 100); do
      clickhouse-client --host 127.0.0.1 --port $((port + i)) --query 'SELECT 1' >/dev/null 2>&1 && continue 2
      sleep 0.2
    done
    echo "the server on port $((port + i)) does not answer: see $dir/ch$i/errors" >&2
    exit 1
  done ;;
stop)
  for pid in "$dir"/ch${3:-*}/pid; do
    kill "$(cat "$pid")" 2>/dev/null || true
  done
  for pid in "$dir"/ch${3:-*}/pid; do
    while kill -0 "$(cat "$pid")" 2>/dev/null; do sleep 0.1; done
  done ;;
*) echo "start or stop" >&2; exit 2 ;;
esac
