/** What a failed call means for the person: an exit code, and what to do next. */
import type { FountainError } from "../../../typescript/src/index.ts";
import { CommandError, type Ending, EXIT_CODES } from "../terminal/exit.ts";
import { type Output, plain } from "../terminal/output.ts";

interface Remedy {
  ending: Ending;
  /** Instead of what the problem says, which is for programs. */
  message?: string;
  hint?: string;
}

const LOG_IN: Remedy = {
  ending: "notLoggedIn",
  message: "You are not logged in, or your session, token or API key is no longer valid.",
  hint: "Log in with `fountain login`, or check FOUNTAIN_API_KEY or FOUNTAIN_TOKEN where it is set.",
};
const LATER: Remedy = { ending: "unavailable", hint: "Try again later; `fountain status` shows how Fountain is." };

/** By the code of the problem. All others are `failed`. */
const REMEDIES: Readonly<Record<string, Remedy>> = {
  unauthenticated: LOG_IN,
  "session-ended": LOG_IN,
  invalid_grant: LOG_IN,
  "step-up-required": {
    ending: "stepUp",
    hint: "Run the command on a terminal, where it asks for a code; or run `fountain login` first, and the command within five minutes.",
  },
  "factor-required": {
    ending: "stepUp",
    hint: "Enrol an authenticator app or a passkey first, at /account of your installation.",
  },
  network: {
    ending: "unavailable",
    hint: "Is the address right, and does Fountain run? Set it with --url or FOUNTAIN_URL.",
  },
  timeout: LATER,
  unavailable: LATER,
  "bad-gateway": LATER,
  "gateway-timeout": LATER,
  "too-many-attempts": LATER,
  forbidden: { ending: "failed", hint: "`fountain whoami` shows what you may do; an administrator can change it." },
};

/** Why a network call failed at all, such as `ECONNREFUSED`: fetch says so inside of its error only. */
const systemCodeOf = ({ cause }: FountainError): string => {
  const inner = cause instanceof Error ? cause.cause : undefined;
  const code: unknown = typeof inner === "object" && inner !== null && "code" in inner ? inner.code : undefined;
  return typeof code === "string" ? ` (${code})` : "";
};

export interface Failure {
  ending: Ending;
  message: string;
  hint: string | undefined;
  /** For `--json`. */
  data: Record<string, unknown>;
}

const describeFailure = (error: FountainError, message = error.detail ?? error.title): string => {
  const fields = error.errors.map(({ pointer, detail }) => `\n  ${pointer}: ${detail}`).join("");
  const { code, requestId, retryAfterSeconds } = error;
  const wait = retryAfterSeconds === undefined ? [] : [`try again in ${Math.ceil(retryAfterSeconds)} s`];
  const request = requestId === undefined ? [] : [`request ${requestId}`];
  return `${message}${systemCodeOf(error)}${fields}\n  ${[error.call, code, ...wait, ...request].join(" · ")}`;
};

/** What to say of an error. */
export const failureOf = (error: FountainError | CommandError): Failure => {
  if (error instanceof CommandError) {
    const { ending, message, hint } = error;
    return { ending, message, hint, data: { code: ending, detail: message } };
  }
  const { ending, hint, message }: Remedy = REMEDIES[error.code] ?? { ending: "failed" };
  const { code, status, title, detail, errors, requestId, retryAfterSeconds } = error;
  const data = { code, status, title, detail, errors, requestId, retryAfterSeconds };
  return { ending, message: describeFailure(error, message), hint, data };
};

/** Says it on stderr. Returns the exit code. */
export const showFailure = (output: Pick<Output, "note" | "paint">, { ending, message, hint }: Failure): number => {
  output.note(`${output.paint("red", "fountain:")} ${message.split("\n").map(plain).join("\n")}`);
  if (hint !== undefined) output.note(hint);
  return EXIT_CODES[ending].code;
};
