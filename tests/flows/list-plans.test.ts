/**
 * What the lists ask of the databases, as SQLite would do it: no page reads rows that are not on it, but for what is filtered along
 * an index, and none is sorted as a whole. So a list takes as long with a hundred thousand rows as with a few.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { createTripCounter } from "../support/fountain/trips.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logIn } from "../support/session.ts";

const parameter = z.object({
  name: z.string(),
  in: z.string(),
  schema: z.object({
    type: z.string().optional(),
    format: z.string().optional(),
    enum: z.array(z.unknown()).optional(),
  }),
});
/** Some are references, none of which is about a list. */
const operation = z.object({ parameters: z.array(z.union([parameter, z.object({ $ref: z.string() })])).default([]) });
type Parameter = z.infer<typeof parameter>;

/** What lists have in common. */
const PAGE = ["limit", "after"];
/** Rules of a cluster, which this Fountain lacks, are in none of the databases. */
const ELSEWHERE = /^\/search\//;
/** As every kind of list gives out. */
const CURSORS = ["a", "1", "1:a", "1.1"].map((key) => Buffer.from(key).toString("base64url"));

const trips = createTripCounter();
let fountain: Fountain;
let headers: Record<string, string>;
/** The templates of all lists, with what each can be asked for. */
let lists: (readonly [template: string, filters: Parameter[]])[];
let values: Record<string, string>;

const read = async (path: string): Promise<Response> => fountain.fetch(path, { headers });

const create = async (path: string, body: object): Promise<void> => {
  const json = { ...headers, "content-type": "application/json" };
  expect((await fountain.fetch(path, { method: "POST", headers: json, body: JSON.stringify(body) })).status).toBe(201);
};

beforeAll(async () => {
  fountain = await startFountain({ trips });
  headers = await logIn(fountain);
  const { paths } = z
    .object({ paths: z.record(z.string(), z.looseObject({ get: operation.optional() })) })
    .parse(await (await read("/openapi.json")).json());
  lists = Object.entries(paths).flatMap(([template, { get }]) => {
    const query = get?.parameters.flatMap((one) => ("in" in one && one.in === "query" ? [one] : [])) ?? [];
    const isList = PAGE.every((name) => query.some((one) => one.name === name)) && !ELSEWHERE.test(template);
    return isList ? [[template, query.filter(({ name }) => !PAGE.includes(name))] as const] : [];
  });
  const me = z.object({ id: z.string() }).parse(await (await read("/kms/me")).json());
  for (const elementId of [1, 2])
    await create("/service-a/sequence", { elementType: "script", elementId, comment: "" });
  await create("/kms/services", { name: "lists", scopes: ["search:read"] });
  values = { "{id}": me.id, "{service}": "lists", "{type}": "script" };
});
afterAll(async () => {
  await fountain?.stop();
  await trips.stop();
});

const filterOf = ({ schema }: Parameter): string => {
  if (schema.enum) return String(schema.enum[0]);
  if (schema.format === "date-time") return new Date().toISOString();
  return schema.type === "boolean" ? "true" : "1";
};

/** Without a filter, with each alone, and with all of them. */
const queriesOf = (filters: readonly Parameter[]): string[] => {
  const pairs = filters.map((one) => `${one.name}=${encodeURIComponent(filterOf(one))}`);
  return ["", ...pairs, ...(pairs.length > 1 ? [pairs.join("&")] : [])];
};

/** The first page, and the one after a cursor that the list takes. */
const readPages = async (path: string): Promise<void> => {
  const first = await read(path);
  expect([path, first.status]).toEqual([path, 200]);
  const { next } = z.object({ next: z.string().nullable() }).parse(await first.json());
  for (const cursor of next === null ? CURSORS : [next]) if ((await read(`${path}&after=${cursor}`)).ok) return;
  throw new Error(`${path} takes none of the cursors`);
};

/** Tables that do not grow with what an installation keeps: keys that sign, scopes, and what is configured (`r`, `c`). */
const SMALL = "r|c|signing_keys|revocation_counter|upstream_scopes|roles|audit_chain|key_encryption_keys";
/** What is made up from a page or a list that was sent along, and what is read from the latest entry on until a page is full. */
const OF_A_PAGE = "json_each|part|scope|places|connected|keys|\\(subquery-\\d+\\)|audit_entries|audit_checkpoints";
const READS_ALL = new RegExp(`^SCAN (?!.*USING COVERING INDEX)(?!(?:${SMALL}|${OF_A_PAGE})\\b|\\()`);

const SORTS = /^USE TEMP B-TREE FOR (?:LAST TERM OF )?ORDER BY/;
/** Of what sorts, which has no more than a page to sort, and what a user has opened. */
const SORTS_A_PAGE =
  /\b(?:row)?id"? IN \(\s?SELECT|\bFROM places\b|from "signing_keys"|from "sessions" where \("sessions"."user_id" = \?/i;

/** What picks the rows of a page reads no row of the table that is not on it. */
const PICKS = /\browid IN \(/i;
const READS_ROWS = / USING INDEX .*[<>]\?/;

/** The steps of the plans of a worker's statements that read, or sort, more than a page. */
const excessOf = async (worker: string, statements: ReadonlySet<string>): Promise<string[]> => {
  const excess: string[] = [];
  for (const sql of statements) {
    const plan = await fountain.databases[worker]?.execute(`EXPLAIN QUERY PLAN ${sql}`);
    const steps = (plan?.rows ?? []).map((row) => String(row["detail"]));
    const found = steps.filter(
      (step) =>
        READS_ALL.test(step) ||
        (SORTS.test(step) && !SORTS_A_PAGE.test(sql)) ||
        (PICKS.test(sql) && READS_ROWS.test(step)),
    );
    excess.push(...found.map((step) => `${worker}: ${step}: ${sql}`));
  }
  return excess;
};

/** Elements have numbers for ids. */
const fill = (template: string): string =>
  template.replaceAll(/\{\w+\}/g, (name) =>
    template.startsWith("/service-a/") && name === "{id}" ? "1" : (values[name] ?? ""),
  );

test("every list of the API goes along an index, with each of its filters", async () => {
  expect(lists.length).toBeGreaterThan(20);
  const { before } = await trips.during(Object.keys(fountain.databases), async () => {
    for (const [template, filters] of lists) {
      const path = fill(template);
      for (const query of queriesOf(filters)) await readPages(`${path}?limit=1&${query}`);
    }
  });
  for (const worker of Object.keys(fountain.databases)) {
    const statements = before.filter((trip) => trip.worker === worker).flatMap((trip) => trip.statements);
    const reading = statements.filter((sql) => /^(select|with)\b/i.test(sql));
    expect(await excessOf(worker, new Set(reading))).toEqual([]);
  }
});
