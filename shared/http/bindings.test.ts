import { describe, expect, test } from "vitest";
import { z } from "zod";
import { secretSetting, setting } from "../settings/settings.ts";
import { fetcher, once, parseBindings, publicUrl, verifierBindings } from "./bindings.ts";

const schema = z.object({
  PUBLIC_URL: publicUrl,
  SECRET_KEY: secretSetting("32 bytes", z.string().min(32)),
  KMS: fetcher,
});
const good = { PUBLIC_URL: "https://fountain.example/", SECRET_KEY: "s".repeat(32), KMS: { fetch: () => {} } };

describe("the settings of a worker", () => {
  test("are taken when all are usable, the public address without its last slash", () => {
    expect(parseBindings(schema, good).PUBLIC_URL).toBe("https://fountain.example");
  });

  test("stop the worker when one is missing or weak, naming each and the value of none", () => {
    const broken = () =>
      parseBindings(schema, { PUBLIC_URL: "javascript:alert(1)", SECRET_KEY: "short-secret", KMS: null });
    expect(broken).toThrow(/PUBLIC_URL.*SECRET_KEY.*KMS/s);
    expect(broken).not.toThrow(/short-secret|alert/);
  });

  test("hold no public address that takes a token's room for all else", () => {
    const address = (length: number) => `https://${"a".repeat(60)}.example/`.padEnd(length, "p");
    expect(parseBindings(schema, { ...good, PUBLIC_URL: address(255) }).PUBLIC_URL).toHaveLength(255);
    expect(() => parseBindings(schema, { ...good, PUBLIC_URL: address(256) })).toThrow(/PUBLIC_URL/);
  });

  test.each([null, undefined])("count as unset when they are %s", (value) => {
    expect(() => parseBindings(schema, { ...good, SECRET_KEY: value })).toThrow(/SECRET_KEY/);
    expect(parseBindings(z.object({ A: setting("a", z.string().default("b")) }), { A: value })).toEqual({ A: "b" });
  });
});

describe("how old news of revocations may grow", () => {
  const read = (seconds: unknown) =>
    parseBindings(z.object(verifierBindings), {
      PUBLIC_URL: "https://fountain.example",
      REVOCATION_MAX_STALENESS_SECONDS: seconds,
    }).REVOCATION_MAX_STALENESS_SECONDS;

  test("is a minute unless the operator says so", () => {
    expect([read(undefined), read(null), read("5"), read("900")]).toEqual([60, 60, 5, 900]);
  });

  test.each(["4", "901", "-1", "1.5", "soon", "Infinity"])("is not %s", (seconds) => {
    expect(() => read(seconds)).toThrow(/REVOCATION_MAX_STALENESS_SECONDS/);
  });
});

describe("what is composed once", () => {
  test("is composed at the first use only", () => {
    let composed = 0;
    const compose = once(() => {
      composed += 1;
      return undefined;
    });
    compose({});
    compose({});
    expect(composed).toBe(1);
  });

  test("is tried again after it failed", () => {
    let attempts = 0;
    const compose = once(() => {
      attempts += 1;
      if (attempts === 1) throw new Error("not yet");
      return attempts;
    });
    expect(() => compose({})).toThrow("not yet");
    expect(compose({})).toBe(2);
  });
});
