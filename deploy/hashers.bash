# Sourced by the entry point of the workerd image, after supervise.bash: the processes beside workerd that hash passwords.
# They have no secret, no network, and no environment.

# Below whatever serves requests. Each takes memory.
readonly hasher_nice=5 max_hashers=4

# Prints the number of processors.
count_processors() {
  local name list range ranges processors=0
  while read -r name list; do
    [[ $name == Cpus_allowed_list: ]] || continue
    IFS=, read -ra ranges <<<"$list"
    for range in "${ranges[@]}"; do processors=$((processors + ${range#*-} - ${range%-*} + 1)); done
  done </proc/self/status
  echo "$processors"
}

# Prints one fewer than there are processors, from 1 to a number.
one_less_up_to() {
  local count=$(($(count_processors) - 1))
  echo "$((count < 1 || $1 < 1 ? 1 : count > $1 ? $1 : count))"
}

# Keeps the hasher NAME running, for ever, on a socket that can be reached in this container only.
keep_hasher() {
  local name=$1
  # The public socket is none of its business.
  exec {public_socket}<&-
  start() {
    (exec -c /usr/local/bin/nice -n "$hasher_nice" /usr/local/bin/workerd serve "$home/hasher.capnp" \
      --socket-addr="hasher=unix-abstract:fountain-$name") &
  }
  # The shell cannot reach that socket, so workerd asks it. Nothing is known while that one does not respond itself.
  probe() {
    local status=''
    call_internal 'GET /alive' && read -rt 0.5 status <&3
    if [[ $status != 'HTTP/1.1 2'* ]]; then
      echo 'HTTP/1.1 204 unknown'
      return
    fi
    call_internal "GET /hashers/$name"
    read -r status <&3
    echo "$status"
  }
  stop() { kill -TERM "$child"; }
  supervise "$name" for-ever
}
