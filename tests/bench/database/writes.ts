/** Elements that a benchmark creates: each has an id of its own. */
import { randomInt } from "node:crypto";

const FIRST_ID = randomInt(1_000_000, 1_000_000_000);
let created = 0;

/** The body of POST /service-a/sequence for an element that does not exist yet. */
export const sequenceOf = (elementId?: number): string => {
  if (elementId === undefined) created += 1;
  return JSON.stringify({
    elementType: "action",
    elementId: elementId ?? FIRST_ID + created,
    comment: "bench",
    text: "The lamp goes out. Rain on the glass, and somebody at the harbour door.",
  });
};
