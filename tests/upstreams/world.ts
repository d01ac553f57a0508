/** A Fountain as its operator runs it, for the tests of one file, and upstreams to put behind it. */
import { afterAll, beforeAll, expect } from "vitest";
import { type Answer, type Headers, send } from "../support/call.ts";
import { logInAndStepUp } from "../support/session.ts";
import { startWorkerd, type WorkerdFountain, type WorkerdOptions } from "../support/workerd.ts";

const START_TIMEOUT_MS = 60_000;

export interface World {
  fountain: WorkerdFountain;
  administrator: Headers;
  put(name: string, body: object): Promise<Answer>;
}

/** For the tests of one file. Call it at its top. */
export const useWorld = (options: WorkerdOptions = {}): (() => World) => {
  let world: World;
  beforeAll(async () => {
    const fountain = await startWorkerd(options);
    const administrator = await logInAndStepUp(fountain);
    const put = async (name: string, body: object) => {
      const stored = await send(fountain, "PUT", `/gateway/upstreams/${name}`, { json: body, headers: administrator });
      expect([200, 201], stored.text).toContain(stored.status);
      return stored;
    };
    world = { fountain, administrator, put };
  }, START_TIMEOUT_MS);
  afterAll(() => world?.fountain.stop());
  return () => world;
};
