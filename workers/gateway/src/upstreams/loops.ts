/** Finds calls that an upstream has sent back to the gateway that they come from (RFC 8586). */
import type { Fields } from "#shared/http/fields.ts";
import { problem } from "#shared/problem/problem.ts";

/** The field in which each content delivery network and gateway on the way adds itself, which services leave alone. */
export const LOOP_FIELD = "cdn-loop";

/** How this installation calls itself there: by its host and port. */
const ownName = (publicUrl: string): string => publicUrl.slice(publicUrl.indexOf("://") + 3).split("/")[0] ?? "";

/** The field's value for a call that is passed on: with what was sent, and this installation. */
export const loopField = (fields: Pick<Fields, "get">, publicUrl: string): string => {
  const sent = fields.get(LOOP_FIELD);
  return sent ? `${sent}, ${ownName(publicUrl)}` : ownName(publicUrl);
};

/** Refuses with 508 a call that has passed this installation before. */
export const assertNoLoop = (fields: Pick<Fields, "get">, publicUrl: string): void => {
  const sent = fields.get(LOOP_FIELD);
  if (sent === null) return;
  const names = sent.split(",").map((part) => part.split(";")[0]?.trim().toLowerCase());
  if (names.includes(ownName(publicUrl).toLowerCase()))
    throw problem("loop-detected", {
      detail: "This request has passed Fountain before: a service behind it sent it back.",
    });
};
