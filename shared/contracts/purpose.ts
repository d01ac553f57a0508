/**
 * The one request that a second factor was passed for, and how a token says so: as authorization details (RFC 9396) of
 * our own type.
 */
import { z } from "zod";

export interface Purpose {
  method: string;
  /** Path and query as the caller sends them to the gateway, such as `/kms/keys/films`. */
  path: string;
  /** SHA-256 of the body's bytes as they are sent, in base64url; by default, any body. */
  bodySha256?: string;
}

/** The longest `path`: it stands in a token. That of the longest name of a secret has half as many. */
export const MAX_PURPOSE_PATH_CHARACTERS = 512;

const DETAILS_TYPE = "fountain_request";

/** `authorization_details` of a token that is good for one request: exactly one entry (RFC 9396 §2). */
export const purposeDetails = z.tuple([
  z.strictObject({
    type: z.literal(DETAILS_TYPE),
    actions: z.tuple([z.string()]),
    locations: z.tuple([z.string()]),
    bodySha256: z.string().optional(),
  }),
]);

export type PurposeDetails = z.infer<typeof purposeDetails>;

export const detailsOf = ({ method, path, bodySha256 }: Purpose): PurposeDetails => [
  { type: DETAILS_TYPE, actions: [method], locations: [path], ...(bodySha256 !== undefined && { bodySha256 }) },
];

export const purposeFrom = ([{ actions, locations, bodySha256 }]: PurposeDetails): Purpose => ({
  method: actions[0],
  path: locations[0],
  ...(bodySha256 !== undefined && { bodySha256 }),
});
