#!/usr/bin/env bash
# Runs the Compose suite (`npm run test:compose`): builds the images, starts a stack of its own, tests it through Caddy,
# and removes it. Says so, and ends with 0, where there is no Docker or an image cannot be had.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

skip() {
  echo "The Compose suite was skipped: $1."
  exit 0
}

command -v docker >/dev/null || skip "there is no docker here"
docker info >/dev/null 2>&1 || skip "no Docker engine answers"
docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null || skip "there is no Docker Compose here"

# Is this image here, now? Where it can neither be found nor pulled, another version that is here stands in.
have() {
  docker image inspect "$1" >/dev/null 2>&1 && return
  docker pull --quiet "$1" >/dev/null 2>&1 && return
  local stand_in
  stand_in=$(docker images --format '{{.Repository}}:{{.Tag}}' "${1%:*}" | head -1)
  [ -n "$stand_in" ] || return 1
  echo "$stand_in stands in for $1, which is not here and cannot be pulled."
  docker tag "$stand_in" "$1"
}

# The image of this repository that docker-compose.yml names.
named() { sed -En "s#.*(IMAGE|image): \"?($1:[^\" ]+).*#\\2#p" docker-compose.yml | head -1; }

for image in node:24-bookworm-slim "$(named caddy)" "$(named ghcr.io/tursodatabase/libsql-server)"; do
  have "$image" || skip "the image $image is not here and cannot be pulled"
done
watchers=()
for watcher in prometheus alertmanager blackbox-exporter; do
  if have "$(named "prom/$watcher")"; then watchers+=("${watcher%-exporter}")
  else echo "The Compose suite goes without $watcher: its image is not here and cannot be pulled."
  fi
done

mail=$(named axllent/mailpit)
if ! have "$mail"; then
  echo "The Compose suite goes without the profile mail: the image $mail is not here and cannot be pulled."
  mail=
fi

# Whatever the tests could not remove themselves, because they were killed.
directory=$(mktemp -d "${TMPDIR:-/tmp}/fountain-compose-XXXXXX")
remove() {
  local filter="label=com.docker.compose.project=${directory##*/}"
  docker ps -aq --filter "$filter" | xargs -r docker rm --force --volumes >/dev/null
  docker network ls -q --filter "$filter" | xargs -r docker network rm >/dev/null
  docker volume ls -q --filter "$filter" | xargs -r docker volume rm >/dev/null
  rm -rf "$directory"
}
trap remove EXIT

export FOUNTAIN_COMPOSE_TEST=$directory FOUNTAIN_COMPOSE_WATCHERS=${watchers[*]} FOUNTAIN_COMPOSE_MAIL=$mail
./node_modules/.bin/node node_modules/vitest/vitest.mjs run --config tests/compose/vitest.config.ts "$@"
