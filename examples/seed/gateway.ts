/** A service behind the gateway, a limit, and a policy that would deny and only says so. */
import { exists, type Thing } from "./thing.ts";

const upstream: Thing = {
  name: "upstream notes (run examples/express for it)",
  isThere: ({ user }) => exists(user.call("GET /gateway/upstreams/{name}", { path: { name: "notes" } })),
  make: ({ user }) =>
    user.call("PUT /gateway/upstreams/{name}", {
      path: { name: "notes" },
      body: {
        targets: ["http://127.0.0.1:9000"],
        scopes: { "notes:read": "Read notes", "notes:write": "Write notes" },
        routes: [
          { match: "GET /health", anyone: true },
          { match: "GET /**", scope: "notes:read" },
          { match: "DELETE /**", scope: "notes:write", stepUp: { maxAgeSeconds: 300 } },
          { match: "* /**", scope: "notes:write" },
        ],
      },
    }),
};

const limit: Thing = {
  name: "limit searches-per-caller (600 a minute)",
  isThere: ({ user }) => exists(user.call("GET /gateway/limits/{name}", { path: { name: "searches-per-caller" } })),
  make: ({ user }) =>
    user.call("PUT /gateway/limits/{name}", {
      path: { name: "searches-per-caller" },
      body: { match: "POST /search/search", per: "subject", limit: 600, window: "1m" },
    }),
};

const policy: Thing = {
  name: "policy no-deletions-at-night (a dry run)",
  isThere: ({ user }) => exists(user.call("GET /gateway/policies/{name}", { path: { name: "no-deletions-at-night" } })),
  make: ({ user }) =>
    user.call("PUT /gateway/policies/{name}", {
      path: { name: "no-deletions-at-night" },
      body: {
        effect: "deny",
        routes: ["DELETE /notes/**"],
        when: { hours: { zone: "Europe/Berlin", from: "22:00", to: "06:00" } },
        dryRun: true,
      },
    }),
};

export const gateway: readonly Thing[] = [upstream, limit, policy];
