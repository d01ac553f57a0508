import { describe, expect, test } from "vitest";
import { PROBLEMS, type ProblemCode } from "./catalogue.ts";
import { Problem, problem, problemResponse } from "./problem.ts";

const OCCURRENCE = { instance: "/kms/me", requestId: "request-1" };

describe("a problem", () => {
  test("tells the caller its detail and fields, and never its cause", async () => {
    const errors = [{ pointer: "#/name", detail: "Required" }];
    const thrown = problem("invalid-input", { detail: "Look at name.", errors, cause: new Error("row 7") });
    const text = await problemResponse(thrown, OCCURRENCE).text();
    expect(JSON.parse(text)).toEqual({
      type: "urn:fountain:problem:invalid-input",
      title: "Invalid input",
      status: 422,
      detail: "Look at name.",
      code: "invalid-input",
      instance: "/kms/me",
      requestId: "request-1",
      errors,
    });
    expect(thrown.cause).toBeInstanceOf(Error);
  });

  test("takes its title for want of a detail, and leaves errors out when there are none", async () => {
    const body = await problemResponse(new Problem("conflict"), OCCURRENCE).json();
    expect(body).toMatchObject({ detail: "Conflict" });
    expect(body).not.toHaveProperty("errors");
  });

  test("keeps its media type and is never cached, whatever headers it brings", () => {
    const { headers } = problemResponse(
      problem("unauthenticated", { headers: { "www-authenticate": "Bearer", "content-type": "text/html" } }),
      OCCURRENCE,
    );
    expect(headers.get("www-authenticate")).toBe("Bearer");
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(headers.get("cache-control")).toBe("no-store");
  });
});

describe("the catalogue", () => {
  test("knows failures only, each under a code that can stand in a URN", () => {
    for (const [code, { status }] of Object.entries(PROBLEMS)) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
    }
  });

  test("answers each code with the status it fixes", () => {
    const codes: ProblemCode[] = ["malformed-request", "step-up-required", "too-large", "unavailable"];
    expect(codes.map((code) => problemResponse(problem(code), OCCURRENCE).status)).toEqual([400, 401, 413, 503]);
  });
});
