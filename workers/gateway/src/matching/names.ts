/** The names of what is configured at the gateway. */
import { text } from "#shared/contracts/input.ts";
import { isReserved } from "#shared/contracts/workers.ts";

const NAME = /^[a-z][a-z0-9-]*$/;
const MAX_NAME_CHARACTERS = 63;
const MAX_UPSTREAM_NAME_CHARACTERS = 31;

/** The name of a limit or a policy. */
export const objectName = () =>
  text({ min: 1, max: MAX_NAME_CHARACTERS }).regex(
    NAME,
    "must be lower-case letters, digits and -, starting with a letter",
  );

/** The name of an upstream, which is the audience of its tokens, too. */
export const upstreamName = () =>
  text({ min: 1, max: MAX_UPSTREAM_NAME_CHARACTERS })
    .regex(NAME, "must be lower-case letters, digits and -, starting with a letter")
    .refine((name) => !isReserved(name), "is a name of Fountain's own");
