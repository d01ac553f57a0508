/** Structured logs: one JSON object a line on standard output, never a secret in it. */
import { currentRequest } from "./context.ts";
import { writeLine } from "./lines.ts";

/** From the least to the most urgent. */
export const LEVELS = ["debug", "info", "warn", "error"] as const;
export type Level = (typeof LEVELS)[number];
export const DEFAULT_LEVEL = "info" satisfies Level;

export type Fields = Record<string, string | number | boolean | undefined>;

export type Log = (level: Level, event: string, fields?: Fields) => void;

/** What happened to credentials and to the audit trail is logged at every level: the log is its copy outside the database. */
const ALWAYS = /^(?:security$|audit\.)/;

const isLevel = (text: string | undefined): text is Level => LEVELS.some((level) => level === text);

/** Workers and jobs have it as a variable; one that is not usable is reported by the check of the settings. */
const { LOG_LEVEL } = process.env;
const LOGGED: ReadonlySet<Level> = new Set(
  LEVELS.slice(LEVELS.indexOf(isLevel(LOG_LEVEL) ? LOG_LEVEL : DEFAULT_LEVEL)),
);

/** Whether a line is written, by LOG_LEVEL. */
const isLogged = (level: Level, event: string): boolean => LOGGED.has(level) || ALWAYS.test(event);

/**
 * A log that names its service, and the request and trace that a line belongs to. Fields are chosen by the caller one by
 * one; bodies and headers are never passed.
 */
export const createLog =
  (service: string): Log =>
  (level, event, fields = {}) => {
    if (!isLogged(level, event)) return;
    const request = currentRequest();
    const line = {
      timestamp: new Date().toISOString(),
      level,
      service,
      event,
      requestId: request?.requestId,
      traceId: request?.span.traceId,
      spanId: request?.span.spanId,
      actingService: request?.actingService,
      ...fields,
    };
    writeLine(JSON.stringify(line), level === "error" || ALWAYS.test(event));
  };

const MAX_DESCRIPTION_LENGTH = 500;
/** Drizzle puts a failed query's parameters in its message, and among them may be secrets. */
const QUERY_PARAMETERS = /\nparams: .*/s;

const describeOne = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message.replace(QUERY_PARAMETERS, "")}` : String(error);

/** What went wrong, with its causes, in one line fit for a log. */
export const describeError = (error: unknown): string => {
  const parts: string[] = [];
  for (let at: unknown = error; at !== undefined && parts.length < 4; at = at instanceof Error ? at.cause : undefined)
    parts.push(describeOne(at));
  return parts.join(" <- ").slice(0, MAX_DESCRIPTION_LENGTH);
};
