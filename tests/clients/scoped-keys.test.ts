/** Scoped search keys, in Typesense's own client and everywhere else. */
import { decodeJwt } from "jose";
import { Errors } from "typesense";
import { describe, expect, test, vi } from "vitest";
import { logIn } from "../support/session.ts";
import { idsOf, useSite } from "./site.ts";

/** A revocation is known everywhere within five seconds. */
const KNOWN_WITHIN = { timeout: 5_000, interval: 100 };

const { site, documentsOf, post, scopedKey } = useSite();

describe("a scoped key", () => {
  test("sees what its filter lets through, whatever its holder asks", async () => {
    const documents = documentsOf(await scopedKey("script_id:=1 && element_type:=[action,spokenWord]", site().reader));
    for (const filter_by of [undefined, "id:!=x || script_id:=2", "script_id:=2"]) {
      const answer = await documents.search({
        q: "*",
        facet_by: "script_id,element_type",
        ...(filter_by && { filter_by }),
      });
      expect(answer.out_of).toBe(4);
      expect(answer.found).toBe(filter_by === "script_id:=2" ? 0 : 4);
      expect(answer.facet_counts?.[0]?.counts.map(({ value }) => value)).toEqual(answer.found === 0 ? [] : ["1"]);
    }
    await expect(documents.search({ q: "*", filter_by: "id:=a1) || (id:!=x" })).rejects.toThrow(
      Errors.RequestMalformed,
    );
  });

  test("is confined on Fountain's own search too", async () => {
    const authorization = `Bearer ${await scopedKey("script_id:=2", site().reader)}`;
    const { status, body } = await post(
      "/search/search",
      { q: "*", filter_by: "script_id:=1 || id:!=x" },
      { authorization },
    );
    expect(status).toBe(200);
    expect(body.found).toBe(2);
  });

  test("shows, searches, filters, sorts and counts no other fields than its own, whatever its holder asks", async () => {
    const { body } = await post("/search/scoped-keys", { include_fields: "id,text,script_id" }, site().reader);
    expect(body).toEqual({
      key: expect.any(String),
      include_fields: "id,text,script_id",
      expires_at: expect.any(Number),
    });
    const documents = documentsOf(body.key);
    const all = await documents.search({ q: "*", include_fields: "*", exclude_fields: "id" });
    expect(all.found).toBe(7);
    for (const { document } of all.hits ?? [])
      expect(Object.keys(document).filter((field) => !["text", "script_id"].includes(field))).toEqual([]);
    const [first] = (await documents.search({ q: "the", query_by: "*", highlight_fields: "text,comment" })).hits ?? [];
    expect(Object.keys(first?.highlight ?? {})).toEqual(["text"]);
    for (const search of [
      { q: "x", query_by: "comment" },
      { q: "*", filter_by: "element_type:=action" },
      { q: "*", filter_by: "script_id:=1 || comment:x" },
      { q: "*", sort_by: "element_id:asc" },
      { q: "*", facet_by: "element_type" },
      { q: "*", facet_by: "script_id(sort_by:element_id:asc)" },
      { q: "*", group_by: "element_type" },
    ])
      await expect(documents.search(search), JSON.stringify(search)).rejects.toThrow(
        /Could not find|is not supported by the embedded/,
      );
    expect((await documents.search({ q: "*", facet_by: "*" })).facet_counts?.map((facet) => facet.field_name)).toEqual([
      "script_id",
    ]);
    const authorization = `Bearer ${body.key}`;
    const own = await post("/search/search", { q: "*", filter_by: "element_type:=action" }, { authorization });
    expect(own).toMatchObject({ status: 422, body: { errors: [{ pointer: "#/filter_by" }] } });
  });

  test("hides the fields and the numbers that it excludes, and ends the pages where it says", async () => {
    const { body } = await post(
      "/search/scoped-keys",
      { filter_by: "script_id:=1", exclude_fields: "comment,out_of,search_time_ms", limit_hits: 3 },
      site().reader,
    );
    expect(body).toMatchObject({ filter_by: "script_id:=1", exclude_fields: "out_of,search_time_ms", limit_hits: 3 });
    expect(body.include_fields.split(",")).not.toContain("comment");
    const documents = documentsOf(body.key);
    const pages = [1, 2].map((page) => documents.search({ q: "*", per_page: 2, page, limit_hits: 100 }));
    const answers = await Promise.all(pages);
    expect(answers.map(({ hits }) => hits?.length)).toEqual([2, 1]);
    for (const answer of answers) {
      expect(answer).not.toHaveProperty("out_of");
      expect(answer).not.toHaveProperty("search_time_ms");
      for (const { document } of answer.hits ?? []) expect(document).not.toHaveProperty("comment");
    }
    const authorization = `Bearer ${body.key}`;
    const narrower = await post(
      "/search/scoped-keys",
      { include_fields: "id,comment", limit_hits: 9 },
      { authorization },
    );
    expect(narrower.body).toMatchObject({ filter_by: "script_id:=1", include_fields: "id", limit_hits: 3 });
    expect((await post("/search/scoped-keys", { include_fields: "comment" }, { authorization })).status).toBe(422);
  });

  test("asked for with a scoped key is confined by both, and ends no later", async () => {
    const end = Math.floor(Date.now() / 1000) + 100;
    const authorization = `Bearer ${await scopedKey("script_id:=1", site().reader, { expires_at: end })}`;
    const { body } = await post(
      "/search/scoped-keys",
      { filter_by: "id:=action:2 || script_id:=2" },
      { authorization },
    );
    expect(body).toEqual({
      key: expect.any(String),
      filter_by: "script_id:=1 && (id:=`action:2` || script_id:=2)",
      expires_at: end,
    });
    expect(idsOf((await documentsOf(body.key).search({ q: "*" })).hits)).toEqual(["action:2"]);
    const longer = await post(
      "/search/scoped-keys",
      { filter_by: "script_id:=1", expires_at: end + 1 },
      { authorization },
    );
    expect(longer).toMatchObject({ status: 422, body: { errors: [{ pointer: "#/expires_at" }] } });
  });

  test("lives an hour unless said, and never longer", async () => {
    const nowSeconds = Math.floor(Date.now() / 1000);
    const { body, headers } = await post("/search/scoped-keys", { filter_by: "script_id:=1" }, site().reader);
    expect(body.expires_at - nowSeconds).toBeGreaterThanOrEqual(3600);
    expect(body.expires_at - nowSeconds).toBeLessThanOrEqual(3605);
    expect(headers.get("cache-control")).toBe("no-store");
  });

  test.each([
    [{}, "#/filter_by"],
    [{ filter_by: "" }, "#/filter_by"],
    [{ filter_by: "colour:=red" }, "#/filter_by"],
    [{ filter_by: "script_id:=1 ||" }, "#/filter_by"],
    [{ filter_by: `id:=${"x".repeat(1_999)}` }, "#/filter_by"],
    [{ filter_by: "script_id:=1", expires_at: 1 }, "#/expires_at"],
    [{ filter_by: "script_id:=1", expires_at: 4_000_000_000 }, "#/expires_at"],
    [{ filter_by: "script_id:=1", exclude_fields: "txt" }, "#/exclude_fields"],
    [{ include_fields: "id,$ref(*)" }, "#/include_fields"],
    [{ exclude_fields: "*" }, "#/exclude_fields"],
    [{ include_fields: "*" }, "#/filter_by"],
    [{ limit_hits: -1 }, "#/limit_hits"],
    [{ filter_by: "script_id:=1", q: "*" }, "#/q"],
  ])("is not issued for %j", async (body, pointer) => {
    const refused = await post("/search/scoped-keys", body, site().reader);
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  });

  test("does for nothing but searching, whoever asked for it", async () => {
    const authorization = `Bearer ${await scopedKey("script_id:=1", site().administrator)}`;
    const calls = [
      ["GET", "/search/status"],
      ["POST", "/search/documents/sync"],
      ["GET", "/kms/me"],
      ["POST", "/kms/logout"],
      ["GET", "/kms/users"],
      ["GET", "/twofa/factors"],
      ["POST", "/twofa/auth/verify"],
      ["GET", "/service-a/elements"],
    ] as const;
    for (const [method, path] of calls) {
      const response = await site().fountain.fetch(path, {
        method,
        headers: { authorization, ...(method === "POST" && { "content-type": "application/json" }) },
        ...(method === "POST" && { body: "{}" }),
      });
      expect([path, response.status]).toEqual([path, 403]);
    }
  });

  test("is not issued for an exchanged token, which has two ends and one purpose", async () => {
    const act = { sub: "service:site", sid: "an-api-key" };
    const authorization = `Bearer ${await site().mint.sign({ client_id: "site", act })}`;
    expect((await post("/search/scoped-keys", { filter_by: "script_id:=1" }, { authorization })).status).toBe(403);
  });

  test("of a narrowed token ends with that token at the latest", async () => {
    const account = { username: site().fountain.adminUsername, password: site().fountain.adminPassword };
    const { body: login } = await post("/kms/login", account, {});
    const refreshed = await site().fountain.fetch("/kms/token", {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "refresh_token",
        refresh_token: login.refresh_token,
        audience: "search",
      }),
    });
    const { access_token } = Object(await refreshed.json());
    const end = Number(decodeJwt(access_token).exp);
    const authorization = `Bearer ${access_token}`;
    expect(decodeJwt(await scopedKey("script_id:=1", { authorization })).exp).toBe(end);
    const later = { filter_by: "script_id:=1", expires_at: end + 1 };
    expect((await post("/search/scoped-keys", later, { authorization })).status).toBe(422);
  });

  test("ends with the session that it was asked for with", async () => {
    const session = await logIn(site().fountain);
    const documents = documentsOf(await scopedKey("script_id:=1", session));
    expect((await documents.search({ q: "*" })).found).toBe(5);
    expect((await site().fountain.fetch("/kms/logout", { method: "POST", headers: session })).status).toBe(204);
    await vi.waitFor(
      () => expect(documents.search({ q: "*" })).rejects.toThrow(Errors.RequestUnauthorized),
      KNOWN_WITHIN,
    );
  });
});
