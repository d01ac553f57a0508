/** What the workers log, in lines for people: the file in FOUNTAIN_HOME/logs has all of it as JSON. */
import type { WriteStream } from "node:tty";

interface Line {
  timestamp: string;
  level: string;
  service: string;
  event: string;
  [field: string]: unknown;
}

const COLOURS: Readonly<Record<string, string>> = { warn: "\u001b[33m", error: "\u001b[31m" };
const RESET = "\u001b[0m";

/** Shown as the line's own words, or of use to machines only. */
const LEFT_OUT = new Set(["timestamp", "level", "service", "event", "requestId", "traceId", "spanId"]);

/** Signed copies of the audit trail's state: five hundred characters for an auditor. */
const FOR_MACHINES = new Set(["audit.checkpoint"]);

const parse = (text: string): Line | undefined => {
  if (!text.startsWith("{")) return undefined;
  try {
    const line: Line = JSON.parse(text);
    return line;
  } catch {
    return undefined;
  }
};

/** No log line acts on the terminal, whatever is in it. */
const printable = (text: string): string =>
  text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) =>
    JSON.stringify(character).slice(1, -1),
  );

const wordsOf = (line: Line): string => {
  const { method, route, status, durationMs, reason } = line;
  if (line.event === "request")
    return [method, route, status, `${durationMs} ms`, reason].filter((word) => word !== undefined).join(" ");
  const fields = Object.entries(line).filter(([name, value]) => !LEFT_OUT.has(name) && value !== undefined);
  return [line.event, ...fields.map(([name, value]) => `${name}=${value}`)].join(" ");
};

/** Every request has a line of the gateway; those of the workers behind it say the same. */
const isRepetition = ({ level, service, event }: Line): boolean =>
  event === "request" && service !== "gateway" && level !== "error";

/** A line as it is shown; `undefined`: it is not. What is no JSON is shown as it is. */
export const prettyLine = (text: string, isColoured: boolean): string | undefined => {
  const line = parse(text);
  if (line === undefined) return printable(text);
  if (FOR_MACHINES.has(line.event) || isRepetition(line)) return undefined;
  const colour = isColoured ? (COLOURS[line.level] ?? "") : "";
  const level = line.level === "info" ? "" : `${line.level} `;
  const shown = `${line.timestamp.slice(11, 19)} ${line.service} ${level}${printable(wordsOf(line))}`;
  return colour === "" ? shown : `${colour}${shown}${RESET}`;
};

export interface LogView {
  /** A line that a worker wrote. Nothing is shown before `open`: the steps of the start have the terminal until then. */
  line(text: string): void;
  open(): void;
}

export const createLogView = (stream: Pick<WriteStream, "write">, isColoured: boolean): LogView => {
  let isOpen = false;
  return {
    line: (text) => {
      const shown = isOpen ? prettyLine(text, isColoured) : undefined;
      if (shown !== undefined) stream.write(`${shown}\n`);
    },
    open: () => {
      isOpen = true;
    },
  };
};
