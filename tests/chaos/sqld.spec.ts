import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logInAndStepUp } from "../support/session.ts";
import { weather } from "./storm.ts";

let fountain: Fountain;

beforeAll(async () => {
  fountain = await startFountain({ ownSqld: true });
});
afterAll(() => fountain.stop());

const DOWN_MS = 200;

test("sqld killed 20 times during 10,000 writes: every acknowledged one is there, in order, once, and found", async () => {
  const headers = await logInAndStepUp(fountain);
  const counts = await weather({
    fountain,
    headers: async () => headers,
    stopAndStart: async () => {
      await fountain.killSqld();
      await new Promise((resolve) => setTimeout(resolve, DOWN_MS));
      await fountain.restartSqld();
    },
  });
  console.log(counts);
  expect(counts).toMatch(/^10\d{3} writes acknowledged/);
});
