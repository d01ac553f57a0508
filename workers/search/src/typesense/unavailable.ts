/** What to callers is an unavailable engine. */
import type { z } from "zod";
import { Unavailable } from "#shared/lang/unavailable.ts";
import type { Reply, ReplyFailure } from "./reply.ts";

export const engineUnavailable = ({ kind, message }: ReplyFailure): Unavailable =>
  new Unavailable(`Typesense: ${kind}: ${message}`);

/** A response parsed by its schema; anything else is not a supported version of Typesense. */
export const shapeOf = <Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> => {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw engineUnavailable({ kind: "unreachable", message: "a response of an unexpected shape" });
};

/** What a reply says, by its schema; a failure makes the engine unavailable. */
export const bodyOf = <Schema extends z.ZodType>(schema: Schema, reply: Reply): z.infer<Schema> => {
  if (reply.ok) return shapeOf(schema, reply.value);
  throw engineUnavailable(reply.error);
};
