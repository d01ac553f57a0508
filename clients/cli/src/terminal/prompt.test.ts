import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { typedOrPiped } from "./prompt.ts";

test("takes a secret that is piped in and asks no one, with a terminal at hand", async () => {
  const openTerminal = () => {
    throw new Error("someone was asked");
  };
  for (const [piped, secret] of [
    ["a secret\n", "a secret"],
    ["two\r\nlines\r\n", "two\r\nlines"],
    [" none \n\n", " none \n"],
  ] as const)
    expect(await typedOrPiped({ stdin: Readable.from([piped]), openTerminal }, "Password: ")).toBe(secret);
});
