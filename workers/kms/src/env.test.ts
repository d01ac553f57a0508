import { expect, test } from "vitest";
import { parseBindings } from "#shared/http/bindings.ts";
import { envSchema } from "./env.ts";

const BINDINGS = {
  PUBLIC_URL: "https://fountain.example/",
  SECRET_KEY: "0123456789abcdef0123456789abcdef",
  REGISTRATION: null,
  DATABASE_URL: "http://kms.db",
  DATABASE_TOKEN: "token",
};

test("starts with a SECRET_KEY of 32 bytes", () => {
  expect(parseBindings(envSchema, BINDINGS).PUBLIC_URL).toBe("https://fountain.example");
});

test("does not start without SECRET_KEY, nor with a short one, and never tells its value", () => {
  for (const SECRET_KEY of [null, undefined, "", "too-short-to-be-a-secret-key-31"]) {
    const parse = () => parseBindings(envSchema, { ...BINDINGS, SECRET_KEY });
    expect(parse).toThrow(/SECRET_KEY/);
    expect(parse).not.toThrow(/too-short/);
  }
});
