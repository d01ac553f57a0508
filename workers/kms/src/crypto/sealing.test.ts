import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { createSealer, decrypt, encrypt } from "./sealing.ts";

const KEY = Buffer.alloc(32, 7);
const hex = (text: string): Buffer => Buffer.from(text, "hex");

test("encrypts as the GCM specification's test case 16 says", async () => {
  const key = hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
  const nonce = hex("cafebabefacedbaddecaf888");
  const additionalData = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const plaintext = hex(
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
  );
  const ciphertext = hex(
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
  );
  expect(Buffer.from(await encrypt(key, nonce, additionalData, plaintext))).toEqual(ciphertext);
  expect(await decrypt(key, nonce, additionalData, ciphertext)).toEqual(new Uint8Array(plaintext));
});

test("opens what it sealed, whatever the text", async () => {
  const sealer = createSealer(KEY, randomBytes);
  for (const text of ["", "x", "Grüße, 東京 🎬", "long ".repeat(20_000)])
    expect(await sealer.open("table/row", await sealer.seal("table/row", text))).toBe(text);
});

test("does not open in another context", async () => {
  const sealer = createSealer(KEY, randomBytes);
  expect(await sealer.open("factors/2", await sealer.seal("factors/1", "secret"))).toBeUndefined();
});

test("does not open under another key", async () => {
  const sealed = await createSealer(KEY, randomBytes).seal("context", "secret");
  expect(await createSealer(Buffer.alloc(32, 8), randomBytes).open("context", sealed)).toBeUndefined();
});

test("does not open when any bit of it was changed", async () => {
  const sealer = createSealer(KEY, randomBytes);
  const sealed = Buffer.from((await sealer.seal("context", "secret")).slice(3), "base64url");
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    expect(await sealer.open("context", `v1.${changed.toString("base64url")}`)).toBeUndefined();
  }
});

test("does not open text that it never sealed", async () => {
  const sealer = createSealer(KEY, randomBytes);
  for (const text of ["", "v1.", "v1.AAAA", "v2.AAAA", "secret", "v1.AAAA.AAAA"])
    expect(await sealer.open("context", text)).toBeUndefined();
});

test("seals the same text differently every time", async () => {
  const sealer = createSealer(KEY, randomBytes);
  const sealed = await Promise.all(Array.from({ length: 50 }, () => sealer.seal("context", "secret")));
  expect(new Set(sealed).size).toBe(50);
});
