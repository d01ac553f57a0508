import { argon2Sync, randomBytes } from "node:crypto";
import { afterEach, expect, test, vi } from "vitest";
import { CURRENT_COST } from "../crypto/password-cost.ts";
import { argon2id, loadArgon2id } from "./argon2id.ts";
import { computeHash, HASH_BYTES } from "./slow-hash.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("the test vector of RFC 9106 §5.3", async () => {
  const hash = await argon2id({
    password: Buffer.alloc(32, 1),
    salt: Buffer.alloc(16, 2),
    secret: Buffer.alloc(8, 3),
    ad: Buffer.alloc(12, 4),
    memorySize: 32,
    passes: 3,
    parallelism: 4,
    tagLength: 32,
  });
  expect(hexOf(hash)).toBe("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
});

test.each([CURRENT_COST, { ...CURRENT_COST, m: 8, t: 1 }, { ...CURRENT_COST, m: 103, t: 3, p: 2 }])(
  "what OpenSSL computes at $m KiB, $t passes, $p lanes, also when one comes after another",
  async (cost) => {
    for (const secret of [randomBytes(32), randomBytes(32)]) {
      const salt = randomBytes(16);
      const parameters = { message: secret, nonce: salt, memory: cost.m, passes: cost.t, parallelism: cost.p };
      const expected = argon2Sync("argon2id", { ...parameters, tagLength: HASH_BYTES });
      expect(hexOf(await computeHash({ secret, salt, cost }))).toBe(hexOf(expected));
    }
  },
);

test("one memory serves all hashes, does not grow, and holds nothing of them afterwards", async () => {
  const { Memory } = WebAssembly;
  const memories: WebAssembly.Memory[] = [];
  vi.spyOn(WebAssembly, "Memory").mockImplementation(function create(descriptor) {
    const memory = new Memory(descriptor);
    memories.push(memory);
    return memory;
  });
  const compute = await loadArgon2id();
  const sizes = new Set<number>();
  for (const salt of [randomBytes(16), randomBytes(16), randomBytes(16)]) {
    compute({ password: randomBytes(32), salt, memorySize: 19_456, passes: 2, parallelism: 1, tagLength: HASH_BYTES });
    const bytes = Buffer.from(memories[0]?.buffer ?? new ArrayBuffer(1));
    sizes.add(bytes.length);
    expect(bytes.equals(Buffer.alloc(bytes.length))).toBe(true);
  }
  expect([memories.length, sizes.size]).toEqual([1, 1]);
});
