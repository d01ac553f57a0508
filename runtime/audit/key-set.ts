/** A key set (RFC 7517 §5) as it must be. */
import { z } from "zod";

export const keySetFile = z.object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.string() })) });
