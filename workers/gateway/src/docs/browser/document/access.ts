/** Who may call an operation, in words. */
import { listIn, type Operation, textIn } from "./openapi.ts";

export interface Access {
  /** No credentials are sent. */
  isPublic: boolean;
  scope: string | undefined;
  takesApiKey: boolean;
  stepUp: "always" | "conditional" | undefined;
}

export const accessOf = (operation: Operation): Access => {
  const security = listIn(operation.security);
  const stepUp = operation["x-step-up"];
  return {
    isPublic: security.length === 0,
    scope: listIn(security[0]?.accessToken)[0],
    takesApiKey: security.some(({ apiKey }) => apiKey !== undefined),
    stepUp: stepUp === "always" || stepUp === "conditional" ? stepUp : undefined,
  };
};

/** In a word or two, beside the name of the operation. */
export const accessChips = ({ isPublic, scope, takesApiKey }: Access): string[] => {
  if (isPublic) return ["public"];
  return [scope, takesApiKey ? undefined : "users only"].flatMap((chip) => (chip === undefined ? [] : [textIn(chip)]));
};

export const STEP_UP_CHIPS = { always: "step-up", conditional: "step-up once enrolled" } as const;

const caller = ({ isPublic, scope, takesApiKey }: Access): string => {
  if (isPublic) return "Anyone, without credentials.";
  const who = takesApiKey
    ? "Users and applications with an access token, and services with an API key"
    : "Users, with an access token";
  return scope === undefined ? `${who}.` : `${who}; the scope \`${scope}\` is required.`;
};

const SECONDS_IN_A_MINUTE = 60;

const stepUp = ({ stepUp: when }: Access, maxAgeSeconds: number): string => {
  if (when === undefined) return "";
  const minutes = maxAgeSeconds / SECONDS_IN_A_MINUTE;
  const within = Number.isInteger(minutes) && minutes > 1 ? `${minutes} minutes` : `${maxAgeSeconds} seconds`;
  const what = when === "always" ? "Step-up: a second factor" : "Step-up for users who have a second factor: it";
  return `${what} must have been verified within the last ${within}, or its code is sent in \`X-OTP\`.`;
};

/** In whole sentences. */
export const accessSentences = (operation: Operation): string[] => {
  const access = accessOf(operation);
  return [caller(access), stepUp(access, Number(operation["x-step-up-max-age"]))].filter((text) => text !== "");
};
