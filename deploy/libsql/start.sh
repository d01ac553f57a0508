#!/bin/sh
# Starts libSQL's server with one database per worker (namespaces) and nothing open: a token is needed for each of them,
# a key for administration, and the replication port that the image opens stays shut.
set -eu
key=/run/secrets/libsql_admin_key
if [ ! -f "$key" ] || [ ! -r "$key" ]; then
  echo "Fountain: the secret libsql_admin_key is missing or cannot be read: run \`npm run secrets\`, then start again" >&2
  exit 1
fi
LIBSQL_ADMIN_AUTH_KEY=$(cat "$key")
export LIBSQL_ADMIN_AUTH_KEY
unset SQLD_GRPC_LISTEN_ADDR
exec /bin/sqld --no-welcome \
  --db-path /var/lib/sqld/fountain \
  --http-listen-addr 0.0.0.0:8080 \
  --admin-listen-addr 0.0.0.0:9090 \
  --auth-jwt-key-file /run/secrets/database_public_key \
  --enable-namespaces --disable-default-namespace \
  --max-concurrent-connections 512 --max-concurrent-requests 512 \
  --shutdown-timeout 3
