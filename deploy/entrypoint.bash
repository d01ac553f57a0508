#!/bin/bash
# Started by listen.pl, which has opened the public socket: starts the hashers, checks and reads the secret files, starts the
# processes of workerd, starts each again when it hangs, and when told to stop first lets the load balancer turn away. Uses
# nothing but the shell and `nice`.
set -euo pipefail
export LC_ALL=C

readonly home=/fountain
readonly secrets=/run/secrets
readonly minimum_secret_bytes=32
# Its descriptor: see the Dockerfile.
readonly public_socket=9
# The internal socket of the first process, and on the loopback address those of the others: see runtime/workerd/processes.ts.
readonly internal_port=8788
# Long enough for two rounds of Caddy's health checks.
readonly drain_seconds=${DRAIN_SECONDS:-6}
# workerd waits for 30 s at most until no more requests come.
readonly max_drain_seconds=35

# shellcheck source=supervise.bash
. "$home/supervise.bash"
# shellcheck source=hashers.bash
. "$home/hashers.bash"

faults=()
addresses=()

# Exports the secret NAME from the file of the same name in lower case.
export_secret() {
  local name=$1 file=$secrets/${1,,} value
  if [[ ! -f $file || ! -r $file ]]; then
    faults+=("the secret ${1,,} is missing or cannot be read ($file): run \`npm run secrets\`, then start again")
    return
  fi
  value=$(<"$file")
  if ((${#value} < minimum_secret_bytes)); then
    faults+=("the secret ${1,,} is weak (under $minimum_secret_bytes bytes): remove its file and run \`npm run secrets\`")
    return
  fi
  export "$name=$value"
}

# Exports the setting NAME: as the operator set it, else from the secret file of the same name in lower case, else its
# default.
export_setting() {
  local name=$1 fallback=$2 file=$secrets/${1,,}
  if [[ -z ${!name:-} && -f $file && -r $file ]]; then
    fallback=$(<"$file")
  fi
  export "$name=${!name:-$fallback}"
}

# Gives each Typesense node the address in its URL.
address_typesense() {
  local node nodes number=0
  IFS=', ' read -ra nodes <<<"$TYPESENSE_NODES"
  for node in "${nodes[@]}"; do
    number=$((number + 1))
    if [[ $node =~ ^http://([^/:@]+)(:([0-9]+))?/?$ ]]; then
      addresses+=("--external-addr=typesense-$number=${BASH_REMATCH[1]}:${BASH_REMATCH[3]:-80}")
    else
      faults+=("TYPESENSE_NODES has \"$node\": set it to http URLs with commas between, such as http://10.213.2.21:8108")
    fi
  done
}

# Prints this container's address that begins with PREFIX.
own_address() {
  local line previous=
  while read -r line; do
    if [[ $line == '/32 host LOCAL' && $previous == *'-- '"$1"* ]]; then
      echo "${previous##*-- }"
      return
    fi
    previous=$line
  done </proc/net/fib_trie
  return 1
}

# Sends a request to an internal socket, by default that of the first process; its response can be read from 3.
call_internal() {
  exec 3<>"/dev/tcp/${2:-$internal/$internal_port}"
  printf '%s HTTP/1.1\r\nHost: internal\r\nContent-Length: 0\r\nConnection: close\r\n\r\n' "$1" >&3
}

# The internal socket is for the network named by INTERNAL_PREFIX only, whatever other networks there are.
if ! internal=$(own_address "${INTERNAL_PREFIX:-127.}"); then
  faults+=("this container has no address that begins with INTERNAL_PREFIX=$INTERNAL_PREFIX: see SUBNET in .env")
fi

# Before there is any secret in this process, of which each begins as a copy.
export HASHERS=${HASHERS:-$(one_less_up_to "$max_hashers")}
if [[ $HASHERS =~ ^[0-9]$ ]] && ((HASHERS <= max_hashers)); then
  for ((number = 1; number <= HASHERS; number++)); do keep_hasher "hasher-$number" & done
else
  faults+=("HASHERS is \"$HASHERS\": set it to a whole number from 0 to $max_hashers")
fi

while read -r kind name fallback; do
  case $kind in
    secret) export_secret "$name" ;;
    setting) export_setting "$name" "$fallback" ;;
  esac
done <"$home/settings.list"

# Each process has some writers, of which libSQL supports so many, and a rolling restart adds a replica.
readonly max_writers=4
WORKERS=${WORKERS:-$(one_less_up_to "$((max_writers / DATABASE_WRITERS / (${WORKERD_REPLICAS:-1} + 1)))")}
if [[ ! $WORKERS =~ ^[1-9]$ ]] || ((WORKERS > max_writers)); then
  faults+=("WORKERS is \"$WORKERS\": set it to a whole number from 1 to $max_writers")
fi

address_typesense

if [[ ! ${SUBNET:=10.213} =~ ^[0-9]{1,3}\.[0-9]{1,3}$ ]]; then
  faults+=("SUBNET is \"$SUBNET\": set it to the first two numbers of a private network's addresses, such as 10.213")
fi

# Where the mail server is decides how far messages may go.
case $SMTP_NETWORK in
  public) config=workerd.capnp ;;
  private | catch-all) config=workerd-private-mail.capnp ;;
  *) faults+=("SMTP_NETWORK is \"$SMTP_NETWORK\": set it to public, private or catch-all") ;;
esac

if ((${#faults[@]} > 0)); then
  printf 'Fountain: %s\n' "${faults[@]}" >&2
  exit 1
fi

# Where no service behind the gateway may be: $home/networks.capnp, which workerd's configuration reads, leads to this file.
networks=$(<"$home/networks.capnp.in")
echo "${networks//SUBNET/$SUBNET}" >/tmp/networks.capnp

# Defines how to start and probe the process of workerd with this number, at HOST/PORT.
serve_at() {
  number=$1 address=$2
  start() {
    WATCHDOG_RESTARTS=$hangs SIBLINGS=$((number == 1 ? WORKERS - 1 : 0)) PROCESS=$number PROCESSES=$WORKERS workerd serve "$home/$config" \
      --socket-fd="public=$public_socket" \
      --socket-addr="internal=${address/\//:}" \
      --external-addr="libsql=${LIBSQL_ADDRESS:-libsql:8080}" \
      --external-addr="workerd-1=$internal:$internal_port" \
      "${addresses[@]}" &
  }
  probe() {
    local status
    call_internal 'GET /alive' "$address"
    read -r status <&3
    echo "$status"
  }
}

keep_sibling() {
  serve_at "$1" "127.0.0.1/$((internal_port + $1 - 1))"
  stop() { kill -TERM "$child"; }
  supervise "workerd-$1" for-ever
}

siblings=()
for ((number = 2; number <= WORKERS; number++)); do
  keep_sibling "$number" &
  siblings+=("$!")
done

# From here on /ready answers 503. Once the load balancer has turned away, workerd says so, and can finish the requests it
# has. The first process drains the others as well.
stop() {
  local status
  if call_internal 'POST /drain'; then
    pause "$((drain_seconds * 1000))"
    read -rt "$max_drain_seconds" status <&3 || true
    exec 3>&-
  fi
  kill -TERM "$child" "${siblings[@]}"
  ((${#siblings[@]} == 0)) || wait "${siblings[@]}"
}

serve_at 1 "$internal/$internal_port"
# Docker starts the container again when its one process exits; others serve on.
supervise workerd "$( ((WORKERS == 1)) || echo for-ever)"
