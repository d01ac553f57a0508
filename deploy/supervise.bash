# Sourced by the entry points of the containers: runs one process, and ends and starts it again when it hangs. The same
# rules as in runtime/local/watchdog.ts, which has the reasons; bash alone, because there may be no other program.
#
# An entry point defines these, and calls `supervise NAME`, or `supervise NAME for-ever` if the process is to be started again
# when it exits, too:
#   start   starts the process in the background; `hangs` says how often it has hung
#   probe   prints the status line of its response to an HTTP request
#   stop    asks the process `child` to end
#   look    after every response, with the patience: sets `wrong` if the process certainly cannot do its work

# Milliseconds.
readonly interval=1000 probe_timeout=1500 first_limit=4500 max_factor=12 start_limit=60000 spin_cpu=1500 late=2000
readonly hangs_forgotten_after=600000
readonly max_limit=$((first_limit * max_factor))

child='' watcher='' stopping='' wrong=''
hangs=0
hung_at=()

look() { :; }

# Waits so many milliseconds; there may be no `sleep`. A signal cuts it short.
pause() { read -rt "$(($1 / 1000)).$(printf '%03d' $(($1 % 1000)))" <> <(:) || true; }

# Sets `now`, in milliseconds that never go back.
read_clock() {
  read -r now _ </proc/uptime
  now=$((10#${now/./} * 10))
}

# Sets `cpu`, the milliseconds of CPU time that a process has used, and `activity`, what its threads do.
read_vitals() {
  local file stat fields
  cpu=0 activity=asleep
  read -r stat 2>/dev/null <"/proc/$1/stat" || return 0
  read -ra fields <<<"${stat##*) }"
  cpu=$(((fields[11] + fields[12]) * 10))
  for file in "/proc/$1/task/"*/stat; do
    read -r stat 2>/dev/null <"$file" || continue
    case ${stat##*) } in
      t*) activity=traced && return ;;
      T*) activity=stopped && return ;;
      [RD]*) activity=runnable ;;
    esac
  done
}

# Prints what the threads do, and where, for the log.
describe_threads() {
  local directory name stat where
  local -A threads
  for directory in "/proc/$1/task/"*; do
    read -r name 2>/dev/null <"$directory/comm" || continue
    read -r stat 2>/dev/null <"$directory/stat" || continue
    where=''
    read -r where 2>/dev/null <"$directory/wchan"
    stat=${stat##*) }
    name="${name//[\"\\]/} ${stat%% *} $where"
    threads[$name]=$((${threads[$name]:-0} + 1))
  done
  for name in "${!threads[@]}"; do printf '; %d × %s' "${threads[$name]}" "$name"; done
}

responds() {
  local status='' reply asked
  exec {reply}< <(probe 2>/dev/null)
  asked=$!
  read -rt "$((probe_timeout / 1000)).$((probe_timeout % 1000))" -u "$reply" status
  exec {reply}<&-
  kill -KILL "$asked" 2>/dev/null
  [[ $status == 'HTTP/1.1 2'* ]]
}

# Sets `wrong` when a silent process hangs.
judge() {
  local silent=$1 limit=$2 used=$3
  ((silent >= limit)) && [[ $activity != traced ]] || return 0
  wrong="has not responded for $((silent / 1000)).$((silent % 1000 / 100)) s: "
  if [[ $activity == stopped ]]; then wrong+='stopped by a signal'
  elif ((used >= spin_cpu)); then wrong+="busy, with $((used / 1000)).$((used % 1000 / 100)) s of CPU time"
  elif [[ $activity == asleep ]]; then wrong+='asleep'
  elif ((silent >= max_limit)); then wrong+='it is starved of CPU time'
  else wrong=''
  fi
}

# Watches the process `child`, and kills it when it hangs. Ends with 0 only then.
watch() {
  local name=$1 factor=$2 limit=$start_limit responded_at started_at now cpu cpu_then activity
  set +e
  read_clock && responded_at=$now
  read_vitals "$child" && cpu_then=$cpu
  while [[ -z $wrong ]]; do
    read_clock && started_at=$now
    if responds; then
      limit=$((first_limit * factor))
      responded_at=''
      look "$factor"
    fi
    kill -0 "$child" 2>/dev/null || exit 1
    read_clock && read_vitals "$child"
    # A round that comes so late was held up itself, as by a suspended machine: it says nothing about others.
    if [[ -z $responded_at ]] || ((now - started_at > probe_timeout + interval + late)); then
      responded_at=$now cpu_then=$cpu
    else
      judge "$((now - responded_at))" "$limit" "$((cpu - cpu_then))"
    fi
    [[ -n $wrong ]] || pause "$((now - started_at < interval ? interval - (now - started_at) : 1))"
    read_clock
    ((now - started_at <= probe_timeout + interval + late)) || responded_at=$now
  done
  trap '' TERM
  report "$name" hang "$name $wrong: restarting it$(describe_threads "$child")"
  # workerd writes its stack; what is stopped takes the first signal as soon as it gets the second.
  if [[ $name == workerd* ]]; then
    kill -ABRT "$child" && kill -CONT "$child" && pause 500
  fi 2>/dev/null
  kill -KILL "$child" 2>/dev/null
  exit 0
}

# How much longer than the first time a silence may be: twice as long with every hang of late.
patience() {
  local at now factor=1
  read_clock
  for at in "${hung_at[@]}"; do
    ((now - at >= hangs_forgotten_after || factor >= max_factor)) || factor=$((factor * 2))
  done
  echo "$((factor < max_factor ? factor : max_factor))"
}

on_stop() {
  trap '' TERM INT
  stopping=yes
  kill -TERM "$watcher" 2>/dev/null || true
  stop || true
}

# Logs a line about a process.
report() {
  printf '{"timestamp":"%(%Y-%m-%dT%H:%M:%SZ)T","level":"error","service":"%s","event":"%s","message":"%s"}\n' -1 "$@"
}

supervise() {
  local code now
  trap on_stop TERM INT
  while [[ -z $stopping ]]; do
    start
    child=$!
    watch "$1" "$(patience)" &
    watcher=$!
    code=0
    while kill -0 "$child" 2>/dev/null; do
      code=0
      wait "$child" || code=$?
    done
    kill -TERM "$watcher" 2>/dev/null || true
    if ! wait "$watcher"; then
      [[ -z $stopping && ${2:-} == for-ever ]] || break
      report "$1" exit "$1 exited with code $code: restarting it"
      pause 1000
      continue
    fi
    hangs=$((hangs + 1))
    read_clock
    hung_at+=("$now")
  done
  exit "$code"
}
