/** Limits on routes: stored, listed and deleted. */
import { objectEndpoints } from "../configuration/objects.routes.ts";
import { objectName } from "../matching/names.ts";
import { DEFAULT_LIMITS } from "./defaults.ts";

export const limitsEndpoints = objectEndpoints({
  kind: "limit",
  path: "/gateway/limits",
  ids: { one: "Limit", all: "Limits" },
  words: { one: "a limit", all: "limits" },
  name: objectName(),
  defaults: DEFAULT_LIMITS,
  example: {
    name: "logins",
    body: { match: "POST /kms/login", per: "address", limit: 30, window: "1m" },
  },
});
