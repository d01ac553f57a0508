/** What the workers log, in lines for people: the file in FOUNTAIN_HOME/logs has all of it as JSON. */
import type { WriteStream } from "node:tty";
import type { Paint, Style } from "./colours.ts";
import { describeEvent } from "./log-words.ts";

interface Line {
  timestamp: string;
  level: string;
  service: string;
  event: string;
  [field: string]: unknown;
}

/** Of the lines that someone should see. */
const ALARMS: Readonly<Record<string, { label: string; style: Style }>> = {
  warn: { label: "warning: ", style: "yellow" },
  error: { label: "error: ", style: "red" },
};

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

const request = ({ method, route, status, durationMs, reason }: Line): string =>
  [method, route, status, `${durationMs} ms`, reason].filter((word) => word !== undefined).join(" ");

const wordsOf = (line: Line): string => {
  if (line.event === "request") return request(line);
  const { text, said } = describeEvent(line.event, line);
  const rest = Object.entries(line).filter(
    ([name, value]) => !LEFT_OUT.has(name) && !said.includes(name) && value !== undefined,
  );
  return [text, ...rest.map(([name, value]) => `${name}=${value}`)].join(" ");
};

/** What the console calls has a line of its own. */
const ENVELOPE = "/console/call";

/** Every request has a line of the gateway; those of the workers behind it, and of what it came in, say the same. */
const isRepetition = ({ level, service, event, route }: Line): boolean =>
  event === "request" && (service !== "gateway" || route === ENVELOPE) && level !== "error";

/** Hours, minutes and seconds, by the clock of who reads it. */
export const clockTime = (instant: string): string => new Date(instant).toTimeString().slice(0, "00:00:00".length);

/** A line as it is shown; `undefined`: it is not. What is no JSON is shown as it is. */
export const prettyLine = (text: string, paint: Paint): string | undefined => {
  const line = parse(text);
  if (line === undefined) return printable(text);
  if (FOR_MACHINES.has(line.event) || isRepetition(line)) return undefined;
  const source = paint(`${clockTime(line.timestamp)} ${line.service}`, "dim");
  const words = printable(wordsOf(line));
  const alarm = ALARMS[line.level];
  return `${source} ${alarm ? paint(`${alarm.label}${words}`, alarm.style) : words}`;
};

export interface LogView {
  /** A line that a worker wrote. Nothing is shown before `open`: the steps of the start have the terminal until then. */
  line(text: string): void;
  open(): void;
}

export const createLogView = (stream: Pick<WriteStream, "write">, paint: Paint): LogView => {
  let isOpen = false;
  return {
    line: (text) => {
      const shown = isOpen ? prettyLine(text, paint) : undefined;
      if (shown !== undefined) stream.write(`${shown}\n`);
    },
    open: () => {
      isOpen = true;
    },
  };
};
