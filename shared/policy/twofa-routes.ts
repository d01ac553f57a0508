/** The rows of twofa. */
import { type Called, type RouteTable, scope, stepUp, stepUpIfEnrolled, USER } from "./policy.ts";

/** A message is sent before the response, and a slow mail server needs time. */
const SENDING_TIMEOUT_SECONDS = 20;
const SENDING: Called = { ...stepUpIfEnrolled(USER), timeoutSeconds: SENDING_TIMEOUT_SECONDS };

export const TWOFA_ROUTES = {
  "GET /factors": USER,
  "GET /factors/{id}": USER,
  "DELETE /factors/{id}": stepUp(USER),
  "POST /factors/totp": stepUpIfEnrolled(USER),
  "POST /factors/totp/confirm": stepUpIfEnrolled(USER),
  "POST /factors/email": SENDING,
  "POST /factors/sms": SENDING,
  "POST /factors/{id}/confirm": stepUpIfEnrolled(USER),
  "POST /factors/webauthn/options": stepUpIfEnrolled(USER),
  "POST /factors/webauthn": stepUpIfEnrolled(USER),
  "POST /recovery-codes": stepUp(USER),
  "GET /users/{id}/factors": scope("users:admin"),
  "DELETE /users/{id}/factors": stepUp(scope("users:admin")),
  "POST /auth/generate": { ...USER, timeoutSeconds: SENDING_TIMEOUT_SECONDS },
  "POST /auth/verify": USER,
} satisfies RouteTable;
