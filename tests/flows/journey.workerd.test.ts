import { afterAll, beforeAll, describe } from "vitest";
import type { Fountain } from "../support/harness.ts";
import { startWorkerd } from "../support/workerd.ts";
import { journey } from "./journey.ts";

describe("the main job, on the built workerd", () => {
  let fountain: Fountain;
  beforeAll(async () => {
    fountain = await startWorkerd();
  }, 60_000);
  afterAll(() => fountain.stop());

  journey(() => fountain);
});
