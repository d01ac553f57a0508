import { expect, test } from "vitest";
import { originOfRequest, withinRequest } from "#shared/observability/context.ts";
import { randomBytes } from "../../../../tests/support/kms.ts";
import { createOrigins } from "./origin.ts";

const origins = createOrigins(Buffer.alloc(32, 1), randomBytes);
const STORED = {
  userId: "user-1",
  createdAt: new Date(0),
  usedAt: new Date(0),
  endedAt: null,
  acr: "aal1",
  amr: ["pwd"],
  authenticatedAt: new Date(0),
  clientId: "fountain",
  parentId: null,
  grantedScopes: null,
  audiences: null,
  jkt: null,
} as const;

const stored = (id: string, sealedOrigin: string | null) => ({ ...STORED, amr: ["pwd"], id, sealedOrigin });

test("keeps no more of a user agent than browsers send", async () => {
  const span = { traceId: "0".repeat(32), spanId: "0".repeat(16), sampled: false };
  const request = { requestId: "one", span, clientAddress: "203.0.113.7", userAgent: "x".repeat(100_000) };
  const sealed = await origins.seal("one", withinRequest(request, originOfRequest));
  const [opened] = await origins.openAll([stored("one", sealed)]);
  expect(opened?.origin).toEqual({ address: "203.0.113.7", userAgent: "x".repeat(256) });
});

test("opens an origin in its own session only, and knows of none in sessions from before there were any", async () => {
  const sealed = await origins.seal("one", { address: "203.0.113.7" });
  await expect(origins.openAll([stored("two", sealed)])).rejects.toThrow("sessions/two/");
  const ofDevice = { deviceCodeHash: "one", sealedOrigin: sealed };
  await expect(origins.openOfDevice(ofDevice)).rejects.toThrow("device_requests/one/");
  expect((await origins.openAll([stored("two", null)]))[0]?.origin).toEqual({});
});
