/** The lines of an exported audit trail, and the checkpoints in them, as they must be. */
import { z } from "zod";

const checkpoint = z.object({
  entries: z.int(),
  jws: z.string(),
  publicJwk: z.record(z.string(), z.string()),
});

export type ExportedCheckpoint = z.infer<typeof checkpoint>;

export const entryLine = z.object({
  id: z.int().min(1),
  uid: z.string(),
  at: z.iso.datetime().transform((text) => new Date(text)),
  action: z.string(),
  outcome: z.enum(["success", "failure", "refused"]),
  actor: z.string().nullable(),
  actingService: z.string().nullable(),
  target: z.string().nullable(),
  reason: z.string().nullable(),
  count: z.int(),
  requestId: z.string().nullable(),
  address: z.string().nullable(),
  personalOf: z.string().nullable(),
  personal: z.string().nullable(),
  mac: z.string(),
  link: z.string().nullable(),
  seal: z.string().nullable(),
  follows: z
    .object({
      link: z.string(),
      checkpoint: checkpoint.optional(),
      macKey: z.object({ salt: z.string(), wrappedKey: z.string() }).optional(),
    })
    .optional(),
  checkpoint: checkpoint.optional(),
  later: checkpoint.optional(),
});

export type EntryLine = z.infer<typeof entryLine>;

/** The response of `GET /audit/checkpoints`, or its items alone. */
export const checkpointsFile = z
  .union([z.array(checkpoint), z.object({ items: z.array(checkpoint) })])
  .transform((read) => (Array.isArray(read) ? read : read.items));

export const keySetFile = z.object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.string() })) });

/** The line's entry; `undefined` when it is none. */
export const parseLine = (line: string): EntryLine | undefined => {
  try {
    return entryLine.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
};
