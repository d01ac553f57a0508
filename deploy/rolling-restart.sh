#!/usr/bin/env bash
# Replaces the replicas of workerd one after the other by new ones of the current image and settings, so that nobody
# notices: first comes a new replica, then an old one drains and goes. Takes no arguments; COMPOSE may say how Compose is
# called, as in COMPOSE="docker-compose --env-file other.env".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ -n "${COMPOSE:-}" ]; then read -ra compose <<<"$COMPOSE"
elif docker compose version >/dev/null 2>&1; then compose=(docker compose)
else compose=(docker-compose)
fi
readonly stop_seconds=75
readonly patience_seconds=60

# The containers of workerd, as `docker ps` finds them with these arguments.
replicas() {
  docker ps -q --filter "label=com.docker.compose.project=$project" --filter label=com.docker.compose.service=workerd "$@"
}

# The health of every replica, one a line.
health() { replicas | xargs docker inspect -f '{{.State.Health.Status}}'; }

wait_until_healthy() {
  local deadline=$((SECONDS + patience_seconds))
  until ! health | grep -qv '^healthy$'; do
    if ((SECONDS > deadline)); then
      echo "Fountain: a new replica is not healthy after $patience_seconds s; the old ones serve on. Look at: ${compose[*]} logs workerd" >&2
      exit 1
    fi
    sleep 1
  done
}

mapfile -t old < <("${compose[@]}" ps -q workerd 2>/dev/null)
count=${#old[@]}
if ((count == 0)); then
  echo "Fountain: no replica runs; start it first: ${compose[*]} up -d" >&2
  exit 1
fi
# Whatever is wrong with the settings is said at once, and in words: also that one replica more has too many processes.
"${compose[@]}" run --rm --no-deps -T -e WORKERD_REPLICAS="$((count < 4 ? count + 1 : count))" settings
project=$(docker inspect -f '{{index .Config.Labels "com.docker.compose.project"}}' "${old[0]}")
for index in "${!old[@]}"; do
  printf 'Replacing replica %d of %d …\n' "$((index + 1))" "$count"
  if ! said=$("${compose[@]}" up -d --no-deps --no-recreate --scale "workerd=$((count + 1))" workerd 2>&1); then
    printf '%s\nFountain: no replica could be added; the old ones serve on.\n' "$said" >&2
    replicas --all --filter status=created --filter status=exited | xargs -r docker rm >/dev/null
    exit 1
  fi
  wait_until_healthy
  docker stop -t "$stop_seconds" "${old[index]}" >/dev/null
  docker rm "${old[index]}" >/dev/null
done
echo "Every replica is new."
