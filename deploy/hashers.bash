# Sourced by the entry point of the workerd image, after supervise.bash: the processes beside workerd that hash passwords.
# They have no secret, no network, and no environment.

# Below whatever serves requests. Each takes memory.
readonly hasher_nice=5 max_hashers=4

# Prints how many there are by default: one fewer than there are processors.
usual_hashers() {
  local name list range ranges processors=0
  while read -r name list; do
    [[ $name == Cpus_allowed_list: ]] || continue
    IFS=, read -ra ranges <<<"$list"
    for range in "${ranges[@]}"; do processors=$((processors + ${range#*-} - ${range%-*} + 1)); done
  done </proc/self/status
  echo "$((processors <= 2 ? 1 : processors > max_hashers ? max_hashers : processors - 1))"
}

# Keeps the hasher NAME running, for ever, on a socket that can be reached in this container only.
keep_hasher() {
  local name=$1 code
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
  while :; do
    code=0
    (supervise "$name") || code=$?
    printf '{"timestamp":"%(%Y-%m-%dT%H:%M:%SZ)T","level":"error","service":"%s","event":"exit","message":"%s"}\n' -1 \
      "$name" "$name exited with code $code: restarting it"
    pause 1000
  done
}
