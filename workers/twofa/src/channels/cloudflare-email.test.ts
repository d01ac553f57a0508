import { expect, test } from "vitest";
import { z } from "zod";
import { success } from "#shared/lang/result.ts";
import { createCloudflareMessenger } from "./cloudflare-email.ts";
import { createMessengers } from "./messengers.ts";
import { channelBindings, type EmailBinding } from "./settings.ts";

const FROM = "Fountain <codes@fountain.example>";
const message = { destination: "ann@example.org", subject: "Your Fountain code", text: "Your code is 12345678" };

test("the binding is given the message as it is", async () => {
  const sent: unknown[] = [];
  const binding: EmailBinding = { send: async (mail) => void sent.push(mail) };
  expect(await createCloudflareMessenger(binding, FROM)(message)).toEqual(success(undefined));
  const { subject, text } = message;
  expect(sent).toEqual([{ from: FROM, to: "ann@example.org", subject, text }]);
});

test("what the binding refuses is not delivered", async () => {
  const binding: EmailBinding = { send: () => Promise.reject(new Error("E_SENDER_NOT_VERIFIED")) };
  expect(await createCloudflareMessenger(binding, FROM)(message)).toMatchObject({
    ok: false,
    error: { kind: "rejected", cause: expect.stringContaining("E_SENDER_NOT_VERIFIED") },
  });
});

test("the binding is taken where no mail server is set, and only with a sender", async () => {
  const sent: unknown[] = [];
  const MAIL: EmailBinding = { send: async (mail) => void sent.push(mail) };
  const parse = (bindings: object) => createMessengers(z.object(channelBindings).parse(bindings));
  expect(parse({ MAIL }).email).toBeUndefined();
  expect(await parse({ MAIL, MAIL_FROM: FROM }).email?.(message)).toEqual(success(undefined));
  expect(sent).toHaveLength(1);
  expect(parse({ MAIL_FROM: FROM }).email).toBeUndefined();
});
