/** `fountain audit tail`: the latest entries, and those to come. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Client, Schemas } from "../../../typescript/src/index.ts";
import { command } from "../definition/command.ts";
import { connect } from "../session/connect.ts";
import { type Output, plain } from "../terminal/output.ts";

type Entry = Schemas["kms.AuditEntry"];

const DEFAULT_LINES = 20;
const POLL_MS = 2_000;

interface Filter {
  actor: string | undefined;
  action: string | undefined;
  from: string | undefined;
}

/** The latest entries after `lastId`, oldest first; at most so many. */
const entriesAfter = async (client: Client, filter: Filter, lastId: number, most: number): Promise<Entry[]> => {
  const found: Entry[] = [];
  for await (const entry of client.list("GET /kms/audit", { query: filter })) {
    if (entry.id <= lastId) break;
    found.unshift(entry);
    if (found.length === most) break;
  }
  return found;
};

const lineOf = ({ at, outcome, action, actor, target, reason, address }: Entry): string =>
  [at, outcome.padEnd(7), action, actor ?? "-", target ?? "-", reason ?? "", address ?? ""]
    .map(plain)
    .join(" ")
    .trimEnd();

const print = (output: Output, entries: readonly Entry[]): void => {
  for (const entry of entries) output.result(entry, () => lineOf(entry));
};

export const tail = command({
  summary: "print the latest entries of the audit trail, oldest first",
  details: "With --json, each line is an entry.",
  options: {
    follow: { type: "boolean", short: "f", summary: "wait for further ones, until Ctrl-C" },
    lines: { type: "string", short: "n", value: "N", summary: `how many to begin with; ${DEFAULT_LINES} by default` },
    actor: { type: "string", value: "WHO", summary: "by this user or service" },
    action: { type: "string", value: "ACTION", summary: "of this kind, such as login" },
  },
  examples: ["audit tail -f --action login"],
  run: async (context, given) => {
    const { client } = connect(context);
    const filter: Filter = { actor: given.text("actor"), action: given.text("action"), from: undefined };
    const lines = given.number("lines") ?? DEFAULT_LINES;
    // At least the last one, by which those to come are known.
    let entries = await entriesAfter(client, filter, 0, Math.max(lines, 1));
    let last = entries.at(-1);
    if (lines > 0) print(context.output, entries);
    while (given.flag("follow")) {
      await sleep(POLL_MS, undefined, { signal: context.io.signal });
      entries = await entriesAfter(client, { ...filter, from: last?.at }, last?.id ?? 0, Number.POSITIVE_INFINITY);
      last = entries.at(-1) ?? last;
      print(context.output, entries);
    }
  },
});
