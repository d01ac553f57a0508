/** The engine cannot be asked right now: the same, to callers, as a database that is gone. */
import { DatabaseUnavailable } from "#shared/db/database.ts";
import type { Failure, Reply } from "./reply.ts";

export const engineUnavailable = ({ kind, message }: Failure): DatabaseUnavailable =>
  new DatabaseUnavailable(`Typesense: ${kind}: ${message}`);

/** What a reply says; a failure makes the engine unavailable. */
export const bodyOf = (reply: Reply): unknown => {
  if (reply.ok) return reply.body;
  throw engineUnavailable(reply.failure);
};
