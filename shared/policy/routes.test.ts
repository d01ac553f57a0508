import { expect, test } from "vitest";
import type { WorkerName } from "../contracts/workers.ts";
import { STEP_UP } from "./policy.ts";
import { ROUTES } from "./routes.ts";

/** What the HTTP contract marks as such; more may demand it. */
const MARKED: [WorkerName, string][] = [
  ["kms", "DELETE /me"],
  ["kms", "PUT /users/{id}/roles"],
  ["kms", "PUT /roles/{name}"],
  ["kms", "DELETE /services/{name}"],
  ["kms", "POST /keys/{service}/rotate"],
  ["kms", "DELETE /keys/{service}"],
  ["kms", "DELETE /keys/{service}/{id}"],
  ["kms", "POST /secrets/{path+}/destroy"],
  ["kms", "POST /transit/{key}/rotate"],
  ["kms", "POST /signing-keys/rotate"],
  ["kms", "POST /signing-keys/{kid}/revoke"],
  ["kms", "POST /root-key/rotate"],
  ["twofa", "DELETE /factors/{id}"],
  ["twofa", "POST /recovery-codes"],
  ["search", "POST /collections/{name}/reindex"],
  ["service-a", "POST /sequence/reorder"],
];

test.each(MARKED)("%s %s demands a second factor passed within five minutes", (worker, route) => {
  expect(ROUTES[worker][route]?.stepUp).toEqual({ when: "always", acr: "aal2", maxAgeSeconds: 300 });
});

test("adding a factor demands one where the caller has one", () => {
  const adding = Object.entries(ROUTES.twofa).filter(([route]) => route.startsWith("POST /factors/"));
  expect(adding.length).toBeGreaterThan(4);
  for (const [route, { stepUp }] of adding) expect(stepUp, route).toEqual({ ...STEP_UP, when: "conditional" });
});
