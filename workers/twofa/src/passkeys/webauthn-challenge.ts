/** Challenges of ceremonies (WebAuthn Level 3 §13.4.3). Each begins with its id, so that its response identifies it. */
import { z } from "zod";

/** Long enough to fetch a security key from another room. */
export const CEREMONY_TTL_MS = 5 * 60_000;
const ID_BYTES = 16;
const RANDOM_BYTES = 16;

const clientDataSchema = z.object({
  challenge: z.string().min(1),
  /** Set in a frame of another origin, where the user does not see whose page asks. */
  crossOrigin: z.boolean().optional(),
});

/** The challenge with this id, a UUID: base64url of 32 bytes. */
export const createChallenge = (id: string, randomBytes: (count: number) => Uint8Array): string =>
  Buffer.concat([Buffer.from(id.replaceAll("-", ""), "hex"), randomBytes(RANDOM_BYTES)]).toString("base64url");

/** The id of a challenge; an unrelated UUID if it is not one of ours. */
export const challengeIdOf = (challenge: string): string =>
  Buffer.from(challenge, "base64url")
    .subarray(0, ID_BYTES)
    .toString("hex")
    .padStart(2 * ID_BYTES, "0")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The challenge in the browser's response; `undefined` if there is none, or if the page was in another origin's frame. */
export const challengeOf = (clientDataJson: string): string | undefined => {
  const text = Buffer.from(clientDataJson, "base64url").toString();
  const { data } = clientDataSchema.safeParse(parseJson(text));
  return data === undefined || data.crossOrigin === true ? undefined : data.challenge;
};
