/** Step-up: what a refusal demands (RFC 9470). */

/** What a call needs to be repeated. */
export interface StepUpChallenge {
  /** The refused call, such as `DELETE /kms/services/{name}`. */
  call: string;
  /** `aal2` demands a second factor. Where there is none, a new login does. */
  acrValues: readonly string[];
  /** How long ago that may have been. */
  maxAgeSeconds: number | undefined;
  /** What to do, in words. */
  detail: string | undefined;
}

const INSUFFICIENT = /\berror="insufficient_user_authentication"/;
const ACR_VALUES = /\bacr_values="([^"]*)"/;
const MAX_AGE = /\bmax_age="?(\d+)/;
const INVALID_TOKEN = /\berror="invalid_token"/;

/** Whether the access token itself is refused (RFC 6750 §3.1). */
export const isTokenRefused = ({ headers }: Response): boolean =>
  INVALID_TOKEN.test(headers.get("www-authenticate") ?? "");

/** The challenge of a refusal; `undefined` where it is another one. */
export const challengeOf = (
  { headers }: Response,
  { call, detail }: { call: string; detail: string | undefined },
): StepUpChallenge | undefined => {
  const challenge = headers.get("www-authenticate") ?? "";
  if (!INSUFFICIENT.test(challenge)) return undefined;
  const maxAge = MAX_AGE.exec(challenge)?.[1];
  return {
    call,
    acrValues: ACR_VALUES.exec(challenge)?.[1]?.split(" ") ?? [],
    maxAgeSeconds: maxAge === undefined ? undefined : Number(maxAge),
    detail,
  };
};
