/** Reads candidates, one a line, and prints those that are real API keys of Fountain, offline: `npx node examples/check-key.ts`. */
import { createInterface } from "node:readline";
import { crc32 } from "node:zlib";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const KEY = /^(ftn_[0-9A-Za-z]{8}_[0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/;

const numberOf = (digits: string): number => [...digits].reduce((sum, digit) => sum * 62 + BASE62.indexOf(digit), 0);

for await (const line of createInterface(process.stdin)) {
  const [, body, checksum] = KEY.exec(line.trim()) ?? [];
  if (body !== undefined && checksum !== undefined && crc32(body) === numberOf(checksum)) console.log(line.trim());
}
