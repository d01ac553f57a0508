import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logInAndStepUp } from "../support/session.ts";
import { type StandIn, startTypesense } from "../typesense/stand-in.ts";
import { weather } from "./storm.ts";

let typesense: StandIn;
let fountain: Fountain;

beforeAll(async () => {
  typesense = await startTypesense({ nodes: 3 });
  fountain = await startFountain({ settings: { ...typesense.settings } });
});
afterAll(async () => {
  await fountain.stop();
  await typesense.close();
});

const DOWN_MS = 300;

test("Typesense stopped 20 times during 10,000 writes: every acknowledged one is there, in order, once, and found", async () => {
  const headers = await logInAndStepUp(fountain);
  const counts = await weather({
    fountain,
    headers: async () => headers,
    stopAndStart: async () => {
      await typesense.stopAll();
      await new Promise((resolve) => setTimeout(resolve, DOWN_MS));
      await typesense.startAll();
    },
  });
  console.log(counts);
  expect(typesense.violations).toEqual([]);
  expect(counts).toMatch(/^10\d{3} writes acknowledged/);
});
