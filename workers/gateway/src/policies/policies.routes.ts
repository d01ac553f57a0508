/** Policies: stored, listed and deleted. */

import { objectEndpoints } from "../configuration/objects.routes.ts";
import { objectName } from "../matching/names.ts";

export const policiesEndpoints = objectEndpoints({
  kind: "policy",
  path: "/gateway/policies",
  ids: { one: "Policy", all: "Policies" },
  words: { one: "a policy", all: "policies" },
  name: objectName(),
  example: {
    name: "no-admin-from-outside",
    body: { effect: "deny", routes: ["* /notes/admin/**"], when: { addresses: ["203.0.113.0/24"] } },
  },
});
