/**
 * The vectors of C2SP's Wycheproof, inside workerd. They are not part of the repository: `../shared/vectors`, or the
 * folder that FOUNTAIN_VECTORS names, has them.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { bundlePath, bundleWorkers } from "../../runtime/workerd/bundle.ts";
import { readTopology } from "../../runtime/workerd/topology.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const VECTORS = path.join(process.env["FOUNTAIN_VECTORS"] ?? path.join(ROOT, "..", "shared", "vectors"), "wycheproof");

interface Vector {
  tcId: number;
  result: string;
  comment: string;
  jws?: unknown;
}

const vectorFile = z.looseObject({
  numberOfTests: z.int(),
  testGroups: z.array(
    z.looseObject({
      tests: z.array(
        z.looseObject({ tcId: z.int(), result: z.string(), comment: z.string(), jws: z.unknown().optional() }),
      ),
    }),
  ),
});

const OUR_ALGORITHMS = ["EdDSA", "ES256", "RS256", "HS256"];

/** Signatures of other algorithms are refused, however good they are. */
const isOurs = ({ jws }: Vector): boolean => {
  if (typeof jws !== "string") return true;
  const header = z.object({ alg: z.string() }).safeParse(headerOf(jws));
  return !header.success || OUR_ALGORITHMS.includes(header.data.alg);
};

const headerOf = (jws: string): unknown => {
  try {
    return JSON.parse(Buffer.from(jws.split(".")[0] ?? "", "base64url").toString());
  } catch {
    return undefined;
  }
};

/** With a "?" amid base64url, which has none (RFC 7515 §2); published as valid all the same. */
const NO_BASE64URL = ["372", "373"];
/** Published as invalid for their padding, but without it they are case 357, which is valid, letter by letter. */
const WITHOUT_THEIR_FAULT = ["367", "370"];
const EXEMPT: Readonly<Record<string, readonly string[]>> = {
  json_web_signature_test: [...NO_BASE64URL, ...WITHOUT_THEIR_FAULT],
};

const SUITES = [
  "aes_gcm_test",
  "hkdf_sha256_test",
  "hmac_sha1_test",
  "hmac_sha256_test",
  "json_web_key_test",
  "json_web_signature_test",
];

describe.skipIf(!existsSync(VECTORS))(`the vectors in ${VECTORS}`, () => {
  let miniflare: Miniflare;
  const directory = mkdtempSync(path.join(tmpdir(), "fountain-vectors-"));

  beforeAll(async () => {
    const kms = readTopology(ROOT).workers.find(({ worker }) => worker === "kms");
    if (!kms) throw new Error("there is no kms");
    const main = path.join(import.meta.dirname, "vectors-worker.ts");
    await bundleWorkers([{ ...kms, worker: "vectors", main }], directory);
    miniflare = new Miniflare({
      modules: [
        { type: "ESModule", path: "vectors.js", contents: readFileSync(bundlePath(directory, "vectors"), "utf8") },
      ],
      compatibilityDate: kms.compatibilityDate,
      compatibilityFlags: [...kms.compatibilityFlags],
      cf: false,
    });
    await miniflare.ready;
  });
  afterAll(async () => {
    await miniflare?.dispose();
    rmSync(directory, { recursive: true });
  });

  test.for(SUITES)("%s: every case has its published result, but for what is refused on purpose", async (suite) => {
    const text = readFileSync(path.join(VECTORS, `${suite}.json`), "utf8");
    const { numberOfTests, testGroups } = vectorFile.parse(JSON.parse(text));
    const cases = testGroups.flatMap(({ tests }) => tests);
    expect(cases).toHaveLength(numberOfTests);
    const answer = await miniflare.dispatchFetch(`http://vectors/${suite}`, { method: "POST", body: text });
    const verdicts = z.record(z.string(), z.boolean()).parse(await answer.json());
    const exempt = EXEMPT[suite] ?? [];
    const judged = cases.filter(({ tcId }) => !exempt.includes(String(tcId)));
    const wrong = judged.filter((vector) => verdicts[vector.tcId] !== (vector.result === "valid" && isOurs(vector)));
    expect(wrong.map(({ tcId, result, comment }) => `${tcId} is ${result}: ${comment}`)).toEqual([]);

    const jwsOf = (id: string): unknown => cases.find(({ tcId }) => String(tcId) === id)?.jws;
    for (const id of exempt.filter((each) => NO_BASE64URL.includes(each))) {
      expect(jwsOf(id)).toContain("?");
      expect(verdicts[id]).toBe(false);
    }
    for (const id of exempt.filter((each) => WITHOUT_THEIR_FAULT.includes(each))) {
      expect(jwsOf(id)).toBe(jwsOf("357"));
      expect(verdicts[id]).toBe(true);
    }
  });
});
