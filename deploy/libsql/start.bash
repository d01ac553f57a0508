#!/bin/bash
# Starts libSQL's server with one database per worker (namespaces) and nothing open: a token is needed for each of them,
# a key for administration, and the replication port that the image opens stays shut. Ends it and starts it again when it
# hangs, or has lost a database's write lock: runtime/local/write-locks.ts has the reasons.
set -euo pipefail
export LC_ALL=C

readonly key=/run/secrets/libsql_admin_key
readonly data=/var/lib/sqld/fountain
readonly port=8080
if [[ ! -f $key || ! -r $key ]]; then
  echo "Fountain: the secret libsql_admin_key is missing or cannot be read: run \`npm run secrets\`, then start again" >&2
  exit 1
fi
LIBSQL_ADMIN_AUTH_KEY=$(<"$key")
export LIBSQL_ADMIN_AUTH_KEY
unset SQLD_GRPC_LISTEN_ADDR

# shellcheck source=../supervise.bash
. /supervise.bash

start() {
  /bin/sqld --no-welcome \
    --db-path "$data" \
    --http-listen-addr "0.0.0.0:$port" \
    --admin-listen-addr 0.0.0.0:9090 \
    --auth-jwt-key-file /run/secrets/database_public_key \
    --enable-namespaces --disable-default-namespace \
    --max-concurrent-connections 512 --max-concurrent-requests 512 \
    --shutdown-timeout 3 &
}

stop() { kill -TERM "$child"; }

probe() {
  local status
  exec 3<>"/dev/tcp/127.0.0.1/$port"
  printf 'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
  read -r status <&3
  echo "$status"
}

readonly quiet_rounds=3 waiting_rounds=3
declare -A quiet tries

# Takes and leaves the lock of a database; ends once it had it.
try_to_write() {
  local token statements
  token=$(<"$2")
  statements='{"requests":[{"type":"execute","stmt":{"sql":"BEGIN IMMEDIATE"}},'
  statements+='{"type":"execute","stmt":{"sql":"ROLLBACK"}},{"type":"close"}]}'
  exec 3<>"/dev/tcp/127.0.0.1/$port"
  printf 'POST /v2/pipeline HTTP/1.1\r\nHost: %s.db\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n' \
    "$1" "$token" >&3
  printf 'Content-Length: %d\r\nConnection: close\r\n\r\n%s' "${#statements}" "$statements" >&3
  read -r _ <&3
}

# Does any connection hold the lock to write to a database, or to checkpoint it?
is_held() {
  local inode kind access file first last
  inode=$(stat -c %i "$1-shm" 2>/dev/null) || return 1
  while read -r _ kind _ access _ file first last _; do
    if [[ $kind == POSIX && $access == WRITE && $file == *:"$inode" && $last == +([0-9]) ]] &&
      ((first <= 122 && last >= 120)); then
      return 0
    fi
  done </proc/locks
  return 1
}

look() {
  local token name file mark
  for token in /run/secrets/*_database_token; do
    name=${token##*/}
    name=${name%_database_token}
    name=${name//_/-}
    file=$data/dbs/$name/data mark=/tmp/seen-$name
    if [[ ! -e $file-wal || ! -e $mark || $file-wal -nt $mark ]]; then quiet[$name]=0
    else quiet[$name]=$((${quiet[$name]:-0} + 1))
    fi
    : >"$mark"
    ((quiet[$name] >= quiet_rounds)) || continue
    if is_held "$file"; then
      quiet[$name]=0
    elif [[ -z ${tries[$name]:-} ]]; then
      try_to_write "$name" "$token" 2>/dev/null &
      tries[$name]=$!
    elif ! kill -0 "${tries[$name]}" 2>/dev/null; then
      tries[$name]='' quiet[$name]=0
    elif ((quiet[$name] >= quiet_rounds + waiting_rounds * $1)); then
      wrong="has lost the write lock of the database $name: a write waits, and none is under way"
    fi
  done
}

supervise sqld
