import { generateSync } from "otplib";
import { describe, expect, test } from "vitest";
import { createTotpSecret, matchingTimeStep, totpUri } from "./totp.ts";

/** "12345678901234567890", the shared secret of both RFCs, in Base32. */
const RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const STEP_MS = 30_000;

/** RFC 4226, Appendix D. */
const HOTP_VECTORS = [
  [0, "755224"],
  [1, "287082"],
  [2, "359152"],
  [3, "969429"],
  [4, "338314"],
  [5, "254676"],
  [6, "287922"],
  [7, "162583"],
  [8, "399871"],
  [9, "520489"],
] as const;

/** RFC 6238, Appendix B, SHA-1: its eight digits end in our six. */
const TOTP_VECTORS = [
  [59, "94287082", 0x1],
  [1_111_111_109, "07081804", 0x23523ec],
  [1_111_111_111, "14050471", 0x23523ed],
  [1_234_567_890, "89005924", 0x273ef07],
  [2_000_000_000, "69279037", 0x3f940aa],
  [20_000_000_000, "65353130", 0x27bc86aa],
] as const;

const codeOfStep = (step: number): string => generateSync({ secret: RFC_SECRET, epoch: step * 30 });

describe("a code", () => {
  test.each(HOTP_VECTORS)("of counter %i is the one of RFC 4226, Appendix D", (counter, code) => {
    expect(matchingTimeStep(RFC_SECRET, code, counter * STEP_MS)).toBe(counter);
  });

  test.each(TOTP_VECTORS)("at %i seconds is the one of RFC 6238, Appendix B", (seconds, code, step) => {
    expect(matchingTimeStep(RFC_SECRET, code.slice(-6), seconds * 1000)).toBe(step);
  });

  test("is accepted one step before and one after its own, from the first to the last millisecond", () => {
    const step = 1_000_000;
    const code = codeOfStep(step);
    const accepted = (nowMs: number) => matchingTimeStep(RFC_SECRET, code, nowMs) === step;
    expect(accepted((step - 1) * STEP_MS - 1)).toBe(false);
    expect(accepted((step - 1) * STEP_MS)).toBe(true);
    expect(accepted((step + 2) * STEP_MS - 1)).toBe(true);
    expect(accepted((step + 2) * STEP_MS)).toBe(false);
  });

  test.each(["", "12345", "1234567", "28708 ", "２８７０８２", "287082\n", "abcdef"])(
    "of another form, %j, is never valid",
    (code) => {
      expect(matchingTimeStep(RFC_SECRET, code, STEP_MS)).toBeUndefined();
    },
  );
});

describe("a new secret", () => {
  test("has 160 bits, each of them from the source of randomness", () => {
    const asked: number[] = [];
    const secret = createTotpSecret((count) => {
      asked.push(count);
      return new TextEncoder().encode("12345678901234567890");
    });
    expect(asked).toEqual([20]);
    expect(secret).toBe(RFC_SECRET);
  });
});

describe("the URI", () => {
  test("names the issuer, the account and the secret as authenticator apps read them", () => {
    const uri = new URL(totpUri(RFC_SECRET, "Films", "7a2c"));
    expect(uri.protocol).toBe("otpauth:");
    expect(uri.host).toBe("totp");
    expect(decodeURIComponent(uri.pathname)).toBe("/Films:7a2c");
    expect(Object.fromEntries(uri.searchParams)).toEqual({ secret: RFC_SECRET, issuer: "Films" });
  });
});
