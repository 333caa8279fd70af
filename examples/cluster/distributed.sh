#!/usr/bin/env bash
# Makes shards of ClickHouse servers that clickhouse.sh started.
#   distributed.sh SCRIPT PORT SERVERS      SCRIPT is what "eldercare sql --dialect clickhouse" printed
# Each has the table elder and all views, and decides for its own elders. On each, decision_all and refused_all are those of all shards: what is
# counted or summed of them, a shard counts and sums for itself.
set -euo pipefail

script=$1 port=$2 servers=$3
for i in $(seq 0 $((servers - 1))); do
  clickhouse-client --host 127.0.0.1 --port $((port + i)) --multiquery <"$script"
  clickhouse-client --host 127.0.0.1 --port $((port + i)) --multiquery <<SQL
CREATE TABLE IF NOT EXISTS decision_all AS decision ENGINE = Distributed(elders, default, decision);
CREATE TABLE IF NOT EXISTS refused_all AS refused ENGINE = Distributed(elders, default, refused);
SQL
done
