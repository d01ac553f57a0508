#!/bin/bash
# Ends with 0 when GET PATH on this container's PORT answers 200: `healthcheck.bash PORT PATH`.
set -euo pipefail
exec 3<>"/dev/tcp/127.0.0.1/$1"
printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$2" >&3
read -rt 5 status <&3
[[ $status == 'HTTP/1.1 200'* ]]
