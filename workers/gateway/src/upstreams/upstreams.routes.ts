/** Upstreams: stored, listed and deleted. */

import { objectEndpoints } from "../configuration/objects.routes.ts";
import { upstreamName } from "../matching/names.ts";
import { upstreamState } from "./state.ts";
import { targetOf } from "./target.ts";
import { upstreamBody } from "./upstream.ts";

export const upstreamsEndpoints = objectEndpoints({
  kind: "upstream",
  path: "/gateway/upstreams",
  ids: { one: "Upstream", all: "Upstreams" },
  words: { one: "an upstream", all: "upstreams" },
  name: upstreamName(),
  state: {
    schema: upstreamState,
    example: {
      breaker: "closed",
      targets: [{ url: "http://127.0.0.1:9000", weight: 1, status: "healthy", failures: 0 }],
    },
    of: (context, { name, body }) =>
      context.get("services").egress.show(name, upstreamBody.parse(body).targets.map(targetOf)),
  },
  example: {
    name: "notes",
    body: {
      targets: ["http://127.0.0.1:9000"],
      scopes: { "notes:read": "Read notes", "notes:write": "Write notes" },
      routes: [
        { match: "GET /items/{id}", scope: "notes:read" },
        { match: "* /items/**", scope: "notes:write" },
      ],
    },
  },
});
