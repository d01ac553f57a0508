/** Finds calls that an upstream has sent back to the gateway that they come from (RFC 8586). */
import type { Fields } from "#shared/http/fields.ts";
import { authorityOf } from "#shared/policy/path.ts";
import { problem } from "#shared/problem/problem.ts";

/** The field in which each content delivery network and gateway on the way adds itself, which services leave alone. */
export const LOOP_FIELD = "cdn-loop";

/** The field's value for a call that is passed on: with what was sent, and this installation by its host and port. */
export const loopField = (fields: Pick<Fields, "get">, publicUrl: string): string => {
  const sent = fields.get(LOOP_FIELD);
  return sent ? `${sent}, ${authorityOf(publicUrl)}` : authorityOf(publicUrl);
};

/** Refuses with 508 a call that has passed this installation before. */
export const assertNoLoop = (fields: Pick<Fields, "get">, publicUrl: string): void => {
  const sent = fields.get(LOOP_FIELD);
  if (sent === null) return;
  const names = sent.split(",").map((part) => part.split(";")[0]?.trim().toLowerCase());
  if (names.includes(authorityOf(publicUrl).toLowerCase()))
    throw problem("loop-detected", {
      detail: "This request has passed Fountain before: a service behind it sent it back.",
    });
};
