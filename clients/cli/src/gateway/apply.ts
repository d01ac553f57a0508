/** `fountain upstreams apply`: stores what a file says, after showing what that would change. */
import { parse, YAMLParseError } from "yaml";
import { dataOf } from "../../../typescript/src/client.ts";
import { failedResponse } from "../../../typescript/src/error.ts";
import { type Client, FountainError } from "../../../typescript/src/index.ts";
import { type Context, command } from "../definition/command.ts";
import { connect } from "../session/connect.ts";
import { CommandError, usageError } from "../terminal/exit.ts";
import { readInput } from "../terminal/file.ts";
import { plain } from "../terminal/output.ts";
import { withPrompt } from "../terminal/prompt.ts";
import { type Difference, differencesOf } from "./difference.ts";

/** In the order in which they are stored: routes of upstreams name policies. */
const MEMBERS = ["policies", "upstreams", "limits"];

type Body = Record<string, unknown>;

const isBody = (value: unknown): value is Body => typeof value === "object" && value !== null && !Array.isArray(value);

interface Wanted {
  path: string;
  body: Body;
}

/** The objects of a file, of which the gateway checks the rest. */
const wantedIn = (file: string, text: string): Wanted[] => {
  let content: unknown;
  try {
    content = parse(text, { strict: true, uniqueKeys: true, logLevel: "error" });
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw usageError(`${file} is not YAML that can be read: ${error.message}`);
  }
  if (!isBody(content)) throw usageError(`${file} must have the members ${MEMBERS.join(", ")}.`);
  const unknown = Object.keys(content).find((member) => !MEMBERS.includes(member));
  if (unknown !== undefined)
    throw usageError(`${file}: ${unknown} is an unknown member.`, `Known: ${MEMBERS.join(", ")}.`);
  const bodyAt = (place: string, value: unknown): Body => {
    if (!isBody(value)) throw usageError(`${file}: ${place} must be an object.`);
    return value;
  };
  const objects = content;
  return MEMBERS.flatMap((member) =>
    Object.entries(bodyAt(member, objects[member] ?? {})).map(([name, body]) => ({
      path: `/gateway/${member}/${encodeURIComponent(name)}`,
      body: bodyAt(`${member}.${name}`, body),
    })),
  );
};

const request = async (client: Client, method: string, path: string, init: RequestInit = {}): Promise<Response> => {
  const response = await client.fetch(path, { ...init, method });
  if (response.ok) return response;
  throw failedResponse(`${method} ${path}`, response, await response.text());
};

const NOT_FOUND = 404;

const storedAt = async (client: Client, path: string): Promise<{ body?: Body; etag: string | null }> => {
  try {
    const response = await request(client, "GET", path);
    const body: unknown = dataOf(`GET ${path}`, response, await response.text());
    return { ...(isBody(body) && { body }), etag: response.headers.get("etag") };
  } catch (error) {
    if (error instanceof FountainError && error.status === NOT_FOUND) return { etag: null };
    throw error;
  }
};

interface Change extends Wanted {
  change: "new" | "changed" | "unchanged";
  differences: Difference[];
  etag: string | null;
}

const changeOf = async (client: Client, wanted: Wanted): Promise<Change> => {
  const { body, etag } = await storedAt(client, wanted.path);
  const differences = differencesOf(body, wanted.body);
  return {
    ...wanted,
    etag,
    differences,
    change: body === undefined ? "new" : differences.length > 0 ? "changed" : "unchanged",
  };
};

const show = ({ output }: Context, { path, change, differences }: Change): void => {
  output.note(output.paint("bold", `${plain(path)} ${change}`));
  for (const { place, from, to } of differences) {
    if (from !== undefined) output.note(output.paint("red", `  - ${plain(place)}: ${plain(from)}`));
    if (to !== undefined) output.note(output.paint("green", `  + ${plain(place)}: ${plain(to)}`));
  }
};

const store = async (client: Client, { path, body, etag }: Change): Promise<void> => {
  // What someone else has changed since it was shown is not overwritten.
  const headers = { "content-type": "application/json", ...(etag !== null && { "if-match": etag }) };
  await request(client, "PUT", path, { headers, body: JSON.stringify(body) });
};

export const apply = command({
  summary: "store the upstreams, limits and policies of a YAML file, after showing what changes",
  details:
    "The file is the one that `npm start -- --config FILE` takes. What it does not name stays as it is. Without a terminal, --yes is needed.",
  options: {
    file: { type: "string", short: "f", value: "FILE", summary: "the file; - is stdin" },
    "dry-run": { type: "boolean", summary: "only show what changes" },
    yes: { type: "boolean", short: "y", summary: "do not ask" },
  },
  examples: ["upstreams apply -f fountain.yaml --dry-run"],
  run: async (context, given) => {
    const file = given.text("file");
    if (file === undefined) throw usageError("--file is missing.");
    const wanted = wantedIn(file, await readInput(context.io, file));
    const { client } = connect(context);
    const all: Change[] = [];
    for (const one of wanted) all.push(await changeOf(client, one));
    const changes = all.filter(({ change }) => change !== "unchanged");
    for (const change of changes) show(context, change);
    const isApplied = changes.length > 0 && !given.flag("dry-run");
    if (isApplied && !given.flag("yes")) {
      const isAgreed = await withPrompt(context.io, (prompt) =>
        prompt.confirm(`Store ${changes.length} of ${all.length}?`),
      );
      if (isAgreed === undefined) throw usageError("There is no terminal to ask on: add --yes or --dry-run.");
      if (!isAgreed) throw new CommandError("failed", "Nothing was stored.");
    }
    if (isApplied) for (const change of changes) await store(client, change);
    const shown = all.map(({ path, change, differences }) => ({ path, change, differences }));
    const done = given.flag("dry-run") ? "would be stored" : "stored";
    context.output.result({ applied: isApplied, changes: shown }, () => `${changes.length} of ${all.length} ${done}.`);
  },
});
