/**
 * Every operation, called by every kind of principal: none but a person who has just passed a second factor (or has none,
 * and has just logged in) reaches rights, another's `aal2`, or a credential that outlives their own. The operations come from
 * the route table, so that a new one cannot escape.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Granted } from "../../shared/contracts/granting.ts";
import { WORKERS, type WorkerName } from "../../shared/contracts/workers.ts";
import { matchRoute } from "../../shared/policy/match.ts";
import type { Policy } from "../../shared/policy/policy.ts";
import { ROUTES } from "../../shared/policy/routes.ts";
import { everything } from "../flows/credentials.ts";
import type { Answer } from "../support/call.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { openMint } from "../support/mint.ts";
import { bearer, CALLERS, type Caller, createBeginner, createControl, type Stack } from "./callers.ts";
import { OPERATIONS } from "./operations.ts";
import { createStack, send } from "./stack.ts";
import { credentialsIn, distinct, type Given, powersOf, stillGood, usesOf } from "./traces.ts";
import type { Request, Variant } from "./variants.ts";
import { createWorld, type World } from "./world.ts";

interface Operation extends Variant {
  worker: WorkerName;
  name: string;
  method: string;
  policy: Policy;
}

const operations: Operation[] = WORKERS.flatMap((worker) =>
  Object.entries(ROUTES[worker]).flatMap(([route, policy]) =>
    (OPERATIONS[worker][route] ?? []).map((variant) => ({
      ...variant,
      worker,
      name: `${worker} ${route}`,
      method: route.split(" ")[0] ?? "",
      policy,
    })),
  ),
);

/** Each kind of caller is led through everything there is. */
const WALK_TIMEOUT_MS = 120_000;
const REFUSED = [401, 403];
/** Everywhere within five seconds, and asking takes some time too. */
const ENDED_WITHIN = { timeout: 30_000, interval: 500 };

/** Ends it for good: a busy kms may say that it did not do so. */
const end = ({ end: endOnce }: Caller): Promise<void> =>
  vi.waitFor(async () => expect((await endOnce()).status).toBeLessThan(500), ENDED_WITHIN);

let fountain: Fountain;
let stack: Stack;

beforeAll(async () => {
  fountain = await startFountain({ settings: { REGISTRATION: "open" } });
  stack = await createStack(fountain);
});
/** Always fresh, however slow the machine is. */
beforeEach(async () => {
  stack.administrator = bearer(await (await openMint(fountain)).sign(everything()));
});
afterAll(() => fountain?.stop());

const perform = async (operation: Operation, request: Request, world: World, caller: Caller): Promise<Answer> => {
  const sent = await request(world, caller, stack);
  const path = new URL(sent[0], "http://host").pathname;
  const match = matchRoute(
    operation.worker,
    operation.method,
    operation.worker === "gateway" ? path : path.replace(/^\/[^/]+/, ""),
  );
  if (!match.ok || `${operation.worker} ${operation.method} ${match.value.template}` !== operation.name)
    throw new Error(`${sent[0]} is not ${operation.name}`);
  return send(stack, operation.method, caller.headers, sent);
};

const isHandedOut = (effect: Variant["effect"]): effect is Granted => effect !== "nothing" && effect !== "proof";
const endersLast = operations.toSorted((a, b) => Number(a.endsCaller ?? false) - Number(b.endsCaller ?? false));

test("classifies every operation", () => {
  for (const worker of WORKERS)
    expect(Object.keys(OPERATIONS[worker]).toSorted(), worker).toEqual(Object.keys(ROUTES[worker]).toSorted());
  for (const { name, effect, policy } of operations)
    if (isHandedOut(effect)) expect(policy.stepUp, `${name} hands out, and demands no second factor`).toBeDefined();
});

describe("without a second factor that was just passed, in person and with all one's rights", () => {
  /** One for all, as what is refused changes nothing. */
  let world: World;
  beforeAll(async () => {
    world = await createWorld(stack);
  });

  test.each(Object.entries(CALLERS))(
    "%s leaves nothing behind",
    { timeout: WALK_TIMEOUT_MS },
    async (_, createCaller) => {
      const caller = await createCaller(stack);
      const before = await powersOf(stack);
      const given: Given[] = [];
      for (const operation of endersLast) {
        const { name, effect, request, attempts = [request] } = operation;
        for (const attempt of attempts) {
          const answer = await perform(operation, attempt, world, caller);
          const context = `${name}: ${answer.status} ${answer.text.slice(0, 300)}`;
          expect(answer.status, context).toBeLessThan(500);
          const mayHandOut = isHandedOut(effect) && caller.may.includes(effect);
          if (mayHandOut) expect(answer.status, context).toBeLessThan(300);
          else if (isHandedOut(effect)) expect(REFUSED, context).toContain(answer.status);
          if (effect !== "secret" || !mayHandOut)
            for (const canary of world.canaries) expect(answer.text, context).not.toContain(canary);
          given.push(...credentialsIn(answer).map((text) => ({ by: name, text })));
        }
      }
      const after = await powersOf(stack);
      expect([...after].filter((power) => !before.has(power))).toEqual([]);

      await end(caller);
      let left: Given[] = distinct([{ by: "before", text: caller.credential }, ...given]);
      await vi.waitFor(async () => {
        left = await stillGood(stack, left);
        expect(left).toEqual([]);
      }, ENDED_WITHIN);
    },
  );
});

/** Else nothing would be proved by all these refusals. */
test("a person who has just passed a second factor can do all of it, and it lasts", {
  timeout: WALK_TIMEOUT_MS,
}, async () => {
  const world = await createWorld(stack);
  const before = await powersOf(stack);
  const caller = await createControl(stack);
  const given: string[] = [];
  for (const operation of endersLast) {
    const { name, request, answers = [], endsCaller } = operation;
    const answer = await perform(operation, request, world, endsCaller ? await createControl(stack) : caller);
    const context = `${name}: ${answer.status} ${answer.text.slice(0, 300)}`;
    if (answer.status >= 300) expect(answers, context).toContain(answer.status);
    given.push(...credentialsIn(answer));
  }
  const gained = [...(await powersOf(stack))].filter((power) => !before.has(power)).join("\n");
  for (const power of [" is admin", " permits users:admin", " has users:admin", "key ", "factor "])
    expect(gained).toContain(power);

  await end(caller);
  await vi.waitFor(async () => expect(await usesOf(stack, caller.credential)).toEqual([]), ENDED_WITHIN);
  const uses = new Set((await Promise.all([...new Set(given)].map((text) => usesOf(stack, text)))).flat());
  expect([...uses]).toEqual(expect.arrayContaining(["API key", `wrapping token of ${world.secret.value}`]));
});

test("a person without a factor who has just logged in hands out all but what needs one, and is advised to enrol one", {
  timeout: WALK_TIMEOUT_MS,
}, async () => {
  const world = await createWorld(stack);
  const caller = await createBeginner(stack);
  const granting = operations.filter(
    ({ policy, effect }) => (policy.grants !== undefined || policy.mayGrant === true) && isHandedOut(effect),
  );
  expect(granting.length).toBeGreaterThan(10);
  for (const operation of granting) {
    const answer = await perform(operation, operation.request, world, caller);
    const context = `${operation.name}: ${answer.status} ${answer.text}`;
    expect(answer.status, context).toBeLessThan(300);
    // A response without content has no place for advice.
    if (answer.status === 204) expect(answer.text, context).toBe("");
    else
      expect(answer.body, context).toMatchObject({
        warnings: [{ code: "factor-recommended", detail: expect.stringContaining("/twofa/factors/totp") }],
      });
  }
  const demanding = operations.filter(({ policy, effect }) => policy.stepUp?.when === "always" && isHandedOut(effect));
  expect(demanding.length).toBeGreaterThan(5);
  for (const operation of demanding) {
    const answer = await perform(operation, operation.request, world, caller);
    expect(answer, operation.name).toMatchObject({ status: 401, body: { code: "factor-required" } });
  }
});
