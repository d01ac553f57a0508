/** What happens to the workers, in words. */

/** Of what needs someone's attention. */
const EVENTS: Readonly<Record<string, string>> = {
  "audit.behind": "the audit trail is not linked yet, which is tried again",
  "audit.broken": "the audit trail does not match what it was: see docs/audit.md",
  "audit.lost": "an entry of the audit trail could not be stored",
  "background.failed": "some work behind a response failed",
  "configuration-not-read": "what is configured could not be read: the last that was read is in force",
  "data-key.unreadable": "a key cannot be decrypted: was SECRET_KEY changed?",
  "factors-not-removed": "second factors are not removed yet, which is tried again",
  "mail.failed": "a mail could not be sent",
  "mails.expired": "mails were given up: no one could send them in time",
  "maintenance.failed": "a maintenance job failed, and is tried again",
  "no-metrics": "a worker gave no metrics",
  "openapi-not-read": "the API document of an upstream could not be read",
  "outbox.stuck": "search has not accepted changes, which are tried again",
  "passkey.refused": "a passkey was refused",
  "reindex.paused": "a reindex was interrupted, and is continued",
  "typesense.breaker": "a Typesense node changed its state",
  "upstream-breaker-open": "an upstream does not respond: its calls are refused for a while",
  "upstream-target-ejected": "a target of an upstream fails, and is left out for a while",
  "upstream-target-unhealthy": "a target of an upstream does not pass its health check",
  unavailable: "a part that is needed does not respond",
};

const OUTCOMES: Readonly<Record<string, string>> = { failure: " failed", refused: " was refused" };

const wordsOf = (code: unknown): string => String(code).replace(/[.-]/g, " ");

/** What happened, without the fields that it is made of: these are named in `said`. */
interface Described {
  text: string;
  said: readonly string[];
}

/** `login failed: wrong password` */
const securityEvent = ({ action, outcome, reason }: Readonly<Record<string, unknown>>): Described => ({
  text: `${wordsOf(action)}${OUTCOMES[String(outcome)] ?? ""}${reason === undefined ? "" : `: ${wordsOf(reason)}`}`,
  said: ["action", "outcome", "reason"],
});

/** An event of a log line in words. One that has none is called by its name. */
export const describeEvent = (event: string, fields: Readonly<Record<string, unknown>>): Described =>
  event === "security" ? securityEvent(fields) : { text: EVENTS[event] ?? event, said: [] };
