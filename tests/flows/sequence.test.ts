import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logIn, registerService } from "../support/session.ts";

const WRITERS = 64;
const DURATION_MS = 30_000;

let fountain: Fountain;
let service: Record<string, string>;

beforeAll(async () => {
  fountain = await startFountain();
  service = await registerService(fountain, await logIn(fountain), "writers", ["sequence:read", "sequence:write"]);
});
afterAll(() => fountain.stop());

const TYPES = ["script", "section", "character", "action", "spokenWord"];

test("64 writers at once for 30 seconds: numbers 1 to N, each exactly once", { timeout: 60_000 }, async () => {
  const given: number[] = [];
  const refused: number[] = [];
  const endsAtMs = Date.now() + DURATION_MS;
  let nextId = 1;
  const write = async (): Promise<void> => {
    while (Date.now() < endsAtMs) {
      const elementId = nextId++;
      const response = await fountain.fetch("/service-a/sequence", {
        method: "POST",
        headers: { ...service, "content-type": "application/json" },
        body: JSON.stringify({ elementType: TYPES[elementId % TYPES.length], elementId, comment: "concurrent" }),
      });
      const body = await response.json<{ sequenceNumber: number }>();
      if (response.status === 201) given.push(body.sequenceNumber);
      else refused.push(response.status);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  console.log(`${given.length} numbers given, ${refused.length} refused in ${DURATION_MS / 1000} seconds`);
  expect(refused).toEqual([]);
  expect(given.toSorted((a, b) => a - b)).toEqual(Array.from(given, (_, index) => index + 1));
});
