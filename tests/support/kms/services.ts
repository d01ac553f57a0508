/** What tests of the calls about API keys share: a running kms, and a new service for each test. */
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import type { Scope } from "#shared/contracts/rights.ts";
import { type Fountain, startFountain } from "../harness.ts";
import { send, signToken } from "../kms.ts";

/** For the tests of one file. Call it at its top. */
export const useServices = (scopes: readonly Scope[]) => {
  let fountain: Fountain;
  let token = "";
  let service = "";
  let services = 0;

  /** Calls the kms as an administrator, unless another token is given. */
  const call = (method: string, pathname: string, options: { token?: string; body?: unknown } = {}) =>
    send(fountain, method, pathname, { token, ...options });

  beforeAll(async () => {
    fountain = await startFountain({ front: "kms" });
    token = await signToken(fountain);
  });
  afterAll(() => fountain?.stop());
  beforeEach(async () => {
    services += 1;
    service = `films-${services}`;
    expect((await call("POST", "/services", { body: { name: service, scopes } })).status).toBe(201);
  });

  return { fountain: () => fountain, token: () => token, service: () => service, call };
};
