import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fitsToken } from "#shared/contracts/rights.ts";
import { openTestDatabase, type TestDatabase } from "../../../../tests/support/database.ts";
import { type TestRegister, upstreamScopesIn } from "../../../../tests/support/kms/upstream-scopes.ts";
import { grantable } from "../accounts/rights.ts";
import { parseDeclaration } from "./upstream-scopes.ts";

let database: TestDatabase;
let register: TestRegister;

beforeAll(async () => {
  database = await openTestDatabase("kms");
  register = upstreamScopesIn(database.client);
});
afterAll(() => database.close());

const named = (...names: string[]): Record<string, string> => Object.fromEntries(names.map((name) => [name, "…"]));
const of = async (namespace: string): Promise<string[]> =>
  (await register.list()).filter((scope) => scope.startsWith(`${namespace}:`));

describe("the scopes of an upstream", () => {
  test("are replaced by each declaration, and are back when they are declared again", async () => {
    expect(await register.declare("notes", named("notes:write", "notes:read"))).toEqual({ ok: true, value: true });
    expect(await of("notes")).toEqual(["notes:read", "notes:write"]);
    await register.declare("notes", named("notes:read"));
    expect(await of("notes")).toEqual(["notes:read"]);
    await register.withdraw("notes");
    expect(await of("notes")).toEqual([]);
    expect(await register.undeclared(["notes:read", "search:read"])).toEqual(["notes:read"]);
    await register.declare("notes", named("notes:read", "notes:write"));
    expect(await of("notes")).toEqual(["notes:read", "notes:write"]);
    expect(await register.undeclared(["notes:read", "search:read"])).toEqual([]);
  });

  test("stay its own for ever, withdrawn or not, and a refused declaration changes nothing", async () => {
    await register.declare("films", named("films:read", "films:write"));
    await register.declare("films", named("films:read"));
    await register.declare("books", named("books:read"));
    for (const scope of ["films:read", "films:write"])
      expect(await register.declare("books", named("books:write", scope))).toEqual({
        ok: false,
        error: { kind: "taken", scope, owner: "films" },
      });
    await register.withdraw("films");
    expect((await register.declare("books", named("films:read"))).ok).toBe(false);
    expect(await of("books")).toEqual(["books:read"]);
    expect(await of("films")).toEqual([]);
  });

  test("go to one of those that declare them at once", async () => {
    const owners = Array.from({ length: 8 }, (_, index) => `racer-${index}`);
    const outcomes = await Promise.all(owners.map((owner) => register.declare(owner, named("race:read"))));
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
  });

  test("are no more than fit into a token together with all others", async () => {
    const long = (index: number) => `long-${"x".repeat(24)}:scope-${index}`;
    const many = Array.from({ length: 60 }, (_, index) => long(index));
    expect(await register.declare("long", named(...many))).toEqual({ ok: false, error: { kind: "too-many" } });
    let count = 0;
    while ((await register.declare(`long-${count}`, named(long(count)))).ok) count += 1;
    const declared = await register.list();
    expect(fitsToken(grantable(declared))).toBe(true);
    expect(fitsToken([...grantable(declared), long(count)])).toBe(false);
    for (let index = 0; index < count; index += 1) await register.withdraw(`long-${index}`);
  });

  test("are a hundred in the installation", async () => {
    const others = (await register.list()).length;
    const many = Array.from(
      { length: 100 - others },
      (_, index) => `m:${String.fromCharCode(97 + (index % 26))}${index}`,
    );
    expect((await register.declare("many", named(...many, "m:z"))).ok).toBe(false);
    expect((await register.declare("many", named(...many))).ok).toBe(true);
    expect((await register.declare("one-more", named("n:read"))).ok).toBe(false);
    await register.withdraw("many");
    expect((await register.declare("one-more", named("n:read"))).ok).toBe(true);
  });
});

test.each(["notes", "Notes:read", "search:mine", "kms:read", "gateway:read", "a:b:c", "notes:", "no tes:read"])(
  "%j is no scope that an upstream can have",
  (name) => expect(() => parseDeclaration({ [name]: "…" })).toThrow("no upstream can have"),
);
