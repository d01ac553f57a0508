import { expect, test } from "vitest";
import { createPasskeyLogins } from "./passkey-logins.ts";

const notAsked = (): never => {
  throw new Error("asked before it was refused");
};

test("opens no session by a passkey where the installation does not offer it, and records that", async () => {
  const records: unknown[] = [];
  const logins = createPasskeyLogins({
    guard: { passkey: notAsked, passkeyAdmission: notAsked, admit: notAsked },
    users: { findCredentialsById: notAsked },
    sessions: { begin: notAsked, issue: notAsked },
    recorder: { change: notAsked, record: async (event) => void records.push(event) },
    isOffered: false,
  });
  const opened = await logins.open({ userId: "user-1", method: "hwk" }, { address: undefined, userAgent: undefined });
  expect(opened).toMatchObject({ ok: false, error: { kind: "not-offered" } });
  expect(records).toMatchObject([{ action: "login.passkey", outcome: "failure", reason: "not-offered" }]);
});
