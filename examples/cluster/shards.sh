#!/usr/bin/env bash
# Makes a coordinator and its shards of PostgreSQL servers that postgresql.sh started: the first coordinates, the others hold the elders.
#   shards.sh SCRIPT PORT SERVERS      SCRIPT is what "eldercare sql --dialect postgresql" printed
# Each shard has the table elder and all views, and decides for its own elders. The coordinator has the table elder, too, of which each shard is a
# partition by the hash of the id: what is put into it goes to its shard. By postgres_fdw it has of each shard the decisions, those refused, and the
# counts and sums: these a shard works out whole, and one row of it travels. All shards work at the same time.
# Ask the view decision_total for counts and sums, a row a shard, and add these up: a sum over decision fetches the rows of all elders.
set -euo pipefail

script=$1 port=$2 servers=$3
on() { psql -qX -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$1" -U postgres -d postgres "${@:2}"; }

for i in $(seq 1 $((servers - 1))); do
  PGOPTIONS='-c client_min_messages=warning' on $((port + i)) -f "$script"
  on "$port" <<SQL
CREATE EXTENSION IF NOT EXISTS postgres_fdw;
CREATE SERVER shard$i FOREIGN DATA WRAPPER postgres_fdw
  OPTIONS (host '127.0.0.1', port '$((port + i))', dbname 'postgres', async_capable 'true', fetch_size '10000', batch_size '1000');
CREATE USER MAPPING FOR CURRENT_USER SERVER shard$i OPTIONS (user 'postgres');
CREATE SCHEMA shard$i;
IMPORT FOREIGN SCHEMA public LIMIT TO (elder, decision, decision_total, refused) FROM SERVER shard$i INTO shard$i;
SQL
done

union() { # of the view $1 of all shards
  local all=
  for i in $(seq 1 $((servers - 1))); do
    all+="${all:+ UNION ALL }SELECT *, $i AS shard FROM shard$i.$1"
  done
  echo "CREATE VIEW $1 AS $all;"
}
{
  echo "CREATE TABLE elder (LIKE shard1.elder) PARTITION BY HASH (id);"
  for i in $(seq 1 $((servers - 1))); do
    echo "ALTER TABLE elder ATTACH PARTITION shard$i.elder FOR VALUES WITH (MODULUS $((servers - 1)), REMAINDER $((i - 1)));"
  done
  union decision; union decision_total; union refused
} | on "$port"
