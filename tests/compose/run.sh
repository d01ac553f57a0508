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

# The images that the stack is built from. Where one can neither be found nor pulled, another version that is here stands in.
images() {
  sed -n 's/^FROM \([^ $]*:[^ ]*\).*/\1/p' deploy/Dockerfile
  printf '%s\n' caddy:2.10.2-alpine ghcr.io/tursodatabase/libsql-server:v0.24.32
}
for image in $(images | sort -u); do
  docker image inspect "$image" >/dev/null 2>&1 && continue
  docker pull --quiet "$image" >/dev/null 2>&1 && continue
  stand_in=$(docker images --format '{{.Repository}}:{{.Tag}}' "${image%:*}" | head -1)
  [ -n "$stand_in" ] || skip "the image $image is not here and cannot be pulled"
  echo "$stand_in stands in for $image, which is not here and cannot be pulled."
  docker tag "$stand_in" "$image"
done

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

FOUNTAIN_COMPOSE_TEST=$directory ./node_modules/.bin/node node_modules/vitest/vitest.mjs run \
  --config tests/compose/vitest.config.ts "$@"
