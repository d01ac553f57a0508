#!/bin/bash
# Starts one node of the Typesense cluster: NODES lists all of them as host:peering-port:api-port, ADDRESS is this one's.
set -euo pipefail
key=/run/secrets/typesense_api_key
if [[ ! -f $key || ! -r $key ]]; then
  echo "Fountain: the secret typesense_api_key is missing or cannot be read: run \`npm run secrets\`, then start again" >&2
  exit 1
fi
TYPESENSE_API_KEY=$(<"$key")
export TYPESENSE_API_KEY
printf '%s' "$NODES" >/tmp/nodes
exec /opt/typesense-server --data-dir /state --nodes /tmp/nodes \
  --peering-address "$ADDRESS" --peering-port 8107 --api-address 0.0.0.0 --api-port 8108
