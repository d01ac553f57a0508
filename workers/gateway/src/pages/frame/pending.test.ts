import { expect, test } from "vitest";
import { failure, success } from "#shared/lang/result.ts";
import { openPending, sealPending } from "./pending.ts";

const START = Date.UTC(2030, 0, 1);

/** Seals in a readable way, at a time that the test sets. */
const sealingAt = (at: number): Parameters<typeof sealPending>[0] => ({
  now: () => at,
  kms: {
    seal: async ({ context, plaintext }) => success(`${context} ${plaintext}`),
    open: async ({ context, ciphertext }) =>
      ciphertext.startsWith(`${context} `) ? success(ciphertext.slice(context.length + 1)) : failure("unreadable"),
  },
});

test("a form waits for ten minutes, for the user who sent it", async () => {
  const form = { path: "/account", form: { newPassword: "lantern" } };
  const sealed = await sealPending(sealingAt(START), "mara", form);
  expect(await openPending(sealingAt(START + 599_999), "mara", sealed)).toEqual(form);
  expect(await openPending(sealingAt(START + 600_000), "mara", sealed)).toBeUndefined();
  expect(await openPending(sealingAt(START), "eve", sealed)).toBeUndefined();
  expect(await openPending(sealingAt(START), "mara", "")).toBeUndefined();
});
