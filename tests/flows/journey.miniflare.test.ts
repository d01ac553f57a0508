import { afterAll, beforeAll, describe } from "vitest";
import { type Fountain, startFountain } from "../support/harness.ts";
import { journey } from "./journey.ts";

describe("the main job, under Miniflare", () => {
  let fountain: Fountain;
  beforeAll(async () => {
    fountain = await startFountain();
  });
  afterAll(() => fountain.stop());

  journey(() => fountain);
});
