/** Which generation of Typesense the cluster is, remembered for some minutes: a cluster may be upgraded while we run. */
import { z } from "zod";
import { type Generation, generationOf } from "./collection.ts";
import type { Keyring } from "./keyring.ts";
import type { TypesenseRequest } from "./reply.ts";
import { bodyOf } from "./unavailable.ts";

const MEMORY_MS = 5 * 60_000;
const TIMEOUT_MS = 2_000;
const DEBUG: TypesenseRequest = { method: "get", path: "/debug", repeatable: true };

const debugSchema = z.looseObject({ version: z.string() });

/** Fails when the cluster cannot be asked. */
export const createGenerations = ({ call, now }: { call: Keyring["call"]; now: () => number }) => {
  let known: { generation: Generation; untilMs: number } | undefined;
  return async (): Promise<Generation> => {
    if (known && now() < known.untilMs) return known.generation;
    const { version } = bodyOf(debugSchema, await call(DEBUG, TIMEOUT_MS));
    known = { generation: generationOf(version), untilMs: now() + MEMORY_MS };
    return known.generation;
  };
};
