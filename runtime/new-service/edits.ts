/** What a new worker changes in existing files: every list that names the workers or their routes. */
import { appendEntry, insertAfter } from "./insert.ts";
import { type Names, scopesOf } from "./name.ts";

export interface Edit {
  /** Its path from the root. */
  file: string;
  /** Returns the new text. Throws an error that says what it misses. */
  change(text: string, names: Names): string;
}

/** The end of an object at the top of a module. */
const OBJECT_END = "\n};";

const TOML_LIST = { opening: "\nservices = [", closing: "\n]" };
/** The gateway's bindings: local, staging and production. */
const STAGES = ["", "-staging", "-production"];

const addBindings = (text: string, { kebab, constant }: Names): string => {
  const mark = "fountain-new-binding";
  const marked = appendEntry(
    text,
    { ...TOML_LIST, times: STAGES.length },
    `\n  { binding = "${constant}", service = "${mark}" },`,
  );
  return STAGES.reduce((rest, stage) => rest.replace(mark, `fountain-${kebab}${stage}`), marked);
};

/** In the Compose file a worker's token goes wherever that of the kms does. */
const addComposeSecret = (text: string, { snake }: Names): string => {
  const listed = insertAfter(text, "      - kms_database_token", `      - ${snake}_database_token`, 4);
  const declared = (name: string): string =>
    `  ${name}_database_token: { file: "\${SECRETS_DIR:-./secrets}/${name}_database_token" }`;
  return insertAfter(listed, declared("kms"), declared(snake));
};

const LAST_COLUMNS = /^\| [\w-]+ \| `\w+` \|.*\n(?!\|)/gm;

/** One row for each table of the worker's database, which a test compares with the database. */
const addColumns = (text: string, { kebab }: Names): string => {
  const ends = text.match(LAST_COLUMNS) ?? [];
  const [last] = ends;
  if (last === undefined || ends.length > 1) throw new Error("has not exactly one table of columns");
  return text.replace(
    last,
    () => `${last}| ${kebab} | \`notes\` |  |  | \`id\` \`text\` \`author\` \`created_at\` |\n`,
  );
};

const key = ({ kebab }: Names): string => JSON.stringify(kebab);

export const EDITS: readonly Edit[] = [
  {
    file: "shared/contracts/workers.ts",
    change: (text, names) =>
      appendEntry(text, { opening: "export const WORKERS = [", closing: "] as const;" }, ` ${key(names)}`),
  },
  {
    file: "shared/contracts/rights.ts",
    change: (text, names) =>
      appendEntry(
        text,
        { opening: "export const SCOPES = [", closing: "] as const;" },
        scopesOf(names)
          .map((scope) => `\n  "${scope}",`)
          .join("")
          .concat("\n"),
      ),
  },
  {
    file: "shared/policy/routes.ts",
    change: (text, names) => {
      const [read, write] = scopesOf(names);
      const rows = ['"GET /panel.js": MODULE,', `"POST /notes": scope("${write}"),`, `"GET /notes": scope("${read}"),`];
      rows.push(`"GET /notes/{id}": scope("${read}"),`);
      const place = { opening: "\nconst TABLE = {", closing: "\n} satisfies Record<WorkerName, RouteTable>;" };
      return appendEntry(text, place, `\n  ${key(names)}: {\n    ${rows.join("\n    ")}\n  },`);
    },
  },
  { file: "wrangler.toml", change: addBindings },
  {
    file: "workers/gateway/src/docs/descriptions.ts",
    change: (text, names) =>
      appendEntry(
        text,
        { opening: "export const DESCRIPTIONS: Record<WorkerName, string> = {", closing: OBJECT_END },
        `\n  ${key(names)}: "Short texts, kept for thirty days",`,
      ),
  },
  {
    file: "runtime/settings/workers.ts",
    change: (text, names) => {
      const schema = `${names.camel}Env`;
      const path = `../../workers/${names.kebab}/src/env.ts`;
      const kms = 'import { envSchema as kms } from "../../workers/kms/src/env.ts";';
      const imported = insertAfter(text, kms, `import { envSchema as ${schema} } from "${path}";`);
      const place = { opening: "\nconst SCHEMAS: ", closing: OBJECT_END };
      return appendEntry(imported, place, `\n  ${key(names)}: ${schema},`);
    },
  },
  {
    file: "runtime/typed-client/document.ts",
    change: (text, names) => {
      const app = `create${names.pascal}App`;
      const kms = 'import { createKmsApp } from "../../workers/kms/src/app.ts";';
      const imported = insertAfter(text, kms, `import { ${app} } from "../../workers/${names.kebab}/src/app.ts";`);
      const place = { opening: "\nconst APPS: ", closing: OBJECT_END };
      return appendEntry(imported, place, `\n  ${key(names)}: ${app}(connect),`);
    },
  },
  { file: "docker-compose.yml", change: addComposeSecret },
  { file: "docs/security/data-protection.md", change: addColumns },
  {
    file: "tests/security/operations.ts",
    change: (text, names) => {
      const path = `/${names.kebab}/notes`;
      const rows = [
        `"GET /panel.js": [nothing(READS, () => ["/${names.kebab}/panel.js"])],`,
        `"POST /notes": [nothing(WRITES, () => ["${path}", { text: "a note" }])],`,
        `"GET /notes": [nothing(READS, () => ["${path}"])],`,
        `"GET /notes/{id}": [nothing(READS, () => ["${path}/1"])],`,
      ];
      const opening = "export const OPERATIONS: Record<WorkerName, Record<string, Variant[]>> = {";
      return appendEntry(
        text,
        { opening, closing: OBJECT_END },
        `\n  ${key(names)}: {\n    ${rows.join("\n    ")}\n  },`,
      );
    },
  },
  {
    file: "tests/conformance/recording/expectations.ts",
    change: (text, names) => {
      const opening = "export const EXPECTED: { [Worker in WorkerName]: Record<RouteKey<Worker>, Expectation> } = {";
      const rows =
        '"GET /panel.js": READS,\n    "POST /notes": "content",\n    "GET /notes": READS,\n    "GET /notes/{id}": READS,';
      return appendEntry(text, { opening, closing: OBJECT_END }, `\n  ${key(names)}: {\n    ${rows}\n  },`);
    },
  },
  {
    file: "tests/bench/stalls/largest.ts",
    change: (text, { kebab }) =>
      appendEntry(
        text,
        { opening: "export const LARGEST: Record<string, Largest> = {", closing: OBJECT_END },
        `\n  "${kebab} GET /panel.js": NO_BODY,\n  "${kebab} POST /notes": FEW_FIELDS,\n  "${kebab} GET /notes": PAGE,\n  "${kebab} GET /notes/{id}": ONE_ROW,`,
      ),
  },
];
