/** The database of the embedded search engine ends, or hangs, under searches that come by every way. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logIn } from "../support/session.ts";

const WITHIN_MS = 10_000;
const HEALED_WITHIN_MS = 10_000;

let fountain: Fountain;
let caller: Record<string, string>;

const post = (pathname: string, body: unknown): Promise<Response> =>
  fountain.fetch(pathname, {
    method: "POST",
    headers: { ...caller, "content-type": "application/json" },
    body: JSON.stringify(body),
  });

const SEARCHES = {
  "POST /search": () => post("/search/search", { q: "harbour", query_by: "text" }),
  "with typing errors": () => post("/search/search", { q: "harbuor xylophone", query_by: "text" }),
  "a Typesense search": () =>
    fountain.fetch("/search/collections/elements/documents/search?q=harbour&query_by=text", { headers: caller }),
  "several Typesense searches": () =>
    post("/search/multi_search", {
      searches: Array(8).fill({ collection: "elements", q: "harbour", query_by: "text" }),
    }),
} as const;

const expectRefusals = async (): Promise<void> => {
  const asked = Object.entries(SEARCHES).map(async ([name, search]) => {
    const startedAtMs = performance.now();
    const response = await search();
    await response.text();
    expect(response.status, name).toBe(503);
    expect(Number(response.headers.get("retry-after")), name).toBeGreaterThan(0);
    expect(performance.now() - startedAtMs, name).toBeLessThan(WITHIN_MS);
  });
  await Promise.all(asked);
};

const expectHealed = async (): Promise<void> => {
  for (const [name, search] of Object.entries(SEARCHES))
    await vi.waitFor(async () => expect((await search()).status, name).toBe(200), {
      timeout: HEALED_WITHIN_MS,
      interval: 100,
    });
  const { found } = await (await SEARCHES["with typing errors"]()).json<{ found: number }>();
  expect(found).toBe(1);
};

beforeAll(async () => {
  fountain = await startFountain({ ownSqld: true });
  caller = await logIn(fountain);
  const document = { id: "a", element_type: "action", element_id: 1, sequence_number: 1, version_number: 1 };
  await post("/search/documents/sync", {
    operation: "create",
    document: { ...document, text: "Fog over the harbour" },
  });
  await expectHealed();
});
afterAll(async () => {
  await fountain?.resumeSqld();
  await fountain?.stop();
});

describe("searches are answered with 503 and Retry-After within two seconds, and heal by themselves, when the database", () => {
  test("is killed", async () => {
    await fountain.killSqld();
    await expectRefusals();
    await fountain.restartSqld();
    await expectHealed();
  });

  test("takes connections and says nothing", async () => {
    await fountain.pauseSqld();
    // Long enough for gateway and worker to want news from the kms, which hangs as well.
    for (let round = 0; round < 3; round += 1) await expectRefusals();
    await fountain.resumeSqld();
    await expectHealed();
  });
});
