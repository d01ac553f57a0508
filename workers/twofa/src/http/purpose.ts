/** The one request that a caller asks to confirm (transaction authorization, RFC 9396). */
import { z } from "@hono/zod-openapi";
import { parsedText, text } from "#shared/contracts/input.ts";
import {
  detailsOf,
  MAX_PURPOSE_PATH_CHARACTERS,
  type Purpose,
  purposeDetails,
  purposeFrom,
} from "#shared/contracts/purpose.ts";
import { WORKERS } from "#shared/contracts/workers.ts";
import { matchRoute } from "#shared/policy/match.ts";
import { canonicalPath } from "#shared/policy/path.ts";
import type { CodeAction } from "../model/message.ts";

const HEX_CHARACTERS = 64;
const HEX = /^[0-9a-f]{64}$/i;
const BASE64URL = /^[\w-]{43}$/;

/** SHA-256 in base64url; `undefined` when the text is none, neither in hex nor in base64url. */
const parseSha256 = (text: string): string | undefined => {
  if (HEX.test(text)) return Buffer.from(text, "hex").toString("base64url");
  // The last character has two bits to spare: of its four spellings one is right.
  return BASE64URL.test(text) && Buffer.from(text, "base64url").toString("base64url") === text ? text : undefined;
};

/** Path and query as the gateway will see them. */
const canonicalTarget = (path: string): string =>
  canonicalPath(`http://host${path}`) + new URL(path, "http://host").search;

/** Whether the table knows the request, and demands a second factor for it. */
const demandsFactor = (method: string, path: string): boolean => {
  const [, worker = "", rest = ""] = /^\/([^/]+)(\/.*)$/.exec(canonicalPath(`http://host${path}`)) ?? [];
  const name = WORKERS.find((known) => known === worker);
  const match = name && matchRoute(name, method, rest);
  return match?.ok === true && match.value.policy.stepUp !== undefined;
};

/** What the gateway and every worker will compare a request with. */
export const purpose = z
  .strictObject({
    method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]),
    path: text({ max: MAX_PURPOSE_PATH_CHARACTERS }).regex(/^\/[^/#\s][^#\s]*$/, {
      error: "must be a path at the gateway, such as /kms/keys/films",
      abort: true,
    }),
    bodySha256: parsedText(
      { max: HEX_CHARACTERS },
      parseSha256,
      "must be the SHA-256 of the body's bytes, in hex or base64url",
    )
      .optional()
      .openapi({
        description: "SHA-256 of the body's bytes, in hex or base64url; by default, any body",
      }),
  })
  .refine(({ method, path }) => demandsFactor(method, path), {
    path: ["path"],
    message: "no operation with this method and path requires a second factor",
  })
  .refine(({ path }) => canonicalTarget(path).length <= MAX_PURPOSE_PATH_CHARACTERS, {
    path: ["path"],
    message: `must have at most ${MAX_PURPOSE_PATH_CHARACTERS} characters when percent-encoded`,
  })
  .transform(
    ({ method, path, bodySha256 }): Purpose => ({
      method,
      path: canonicalTarget(path),
      ...(bodySha256 !== undefined && { bodySha256 }),
    }),
  )
  .openapi("Purpose", {
    description:
      "The request to confirm (transaction authorization): the token is valid only for that request, once, for a minute",
  });

/** A purpose as it stands in a challenge. */
export const storedPurpose = {
  write: (value: Purpose | undefined): string | null => (value === undefined ? null : JSON.stringify(detailsOf(value))),
  read: (text: string | null): Purpose | undefined =>
    text === null ? undefined : purposeFrom(purposeDetails.parse(JSON.parse(text))),
};

/** What a code for this request does. */
export const actionOf = (value: Purpose | undefined): CodeAction =>
  value === undefined
    ? { kind: "confirm-identity" }
    : { kind: "confirm-request", request: `${value.method} ${value.path}` };
