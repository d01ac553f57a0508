/** Which way imports may point, as a table, and what breaks it: of files, and of folders among themselves. */
import path from "node:path";

/** A file of the repository, by its path from the root, with its text. */
export interface SourceFile {
  file: string;
  text: string;
}

export interface Violation {
  file: string;
  target: string;
  rule: string;
}

interface Rule {
  rule: string;
  /** Files that it is about. `$1` in the patterns below stands for what the first group matched. */
  from: RegExp;
  /** Everything that such a file may import, where not all; packages are written `npm:name`. */
  only?: readonly string[];
  /** What it may not import. */
  never?: readonly string[];
}

const FRAMEWORK = "^npm:(hono|@hono/)";
const DATABASE = "^npm:(drizzle-orm|@libsql/)";
const ROUTES = "\\.routes\\.ts$";
const STORES = "\\.store\\.ts$";

/** Folders of a worker whose files are no rules: they speak HTTP, SQL or to other workers, or put the worker together. */
const ADAPTERS =
  "http|db|kms|composition|storage|embedded|typesense|channels|proxy|admission|aggregates|authorize|health|docs|pages|backends|upstreams|openapi";

const RULES: readonly Rule[] = [
  {
    rule: "rules must not import HTTP or the database",
    from: new RegExp(`^workers/([^/]+)/src/(?!(?:${ADAPTERS})/)[^/]+/(?!.*(?:\\.routes|\\.store|schema)\\.ts$)`),
    never: [
      FRAMEWORK,
      DATABASE,
      STORES,
      ROUTES,
      "^shared/(http|db|auth)/",
      "^workers/$1/src/(http|composition)/",
      "/src/(index|app|rpc|env)\\.ts$",
    ],
  },
  {
    rule: "stores must not import HTTP",
    from: /^workers\/([^/]+)\/src\/.*\.store\.ts$/,
    never: [
      FRAMEWORK,
      ROUTES,
      "^shared/(http|auth)/",
      "^workers/$1/src/(http|composition)/",
      "/src/(index|app|rpc|env)\\.ts$",
    ],
  },
  {
    rule: "routes must reach stores through their services",
    from: /^workers\/[^/]+\/src\/.*\.routes\.ts$/,
    never: [DATABASE, STORES, "^shared/db/", "/src/(index|app|rpc|env)\\.ts$"],
  },
  {
    rule: "only app.ts and routes of the same worker may import routes",
    from: /^workers\/([^/]+)\/src\/(?!app\.ts$)(?!.*\.routes\.ts$)/,
    never: [ROUTES],
  },
  { rule: "nothing may import index.ts", from: /^workers\//, never: ["^workers/[^/]+/src/index\\.ts$"] },
  {
    rule: "a worker may import only itself and shared",
    from: /^workers\/([^/]+)\/(?!.*(?:\/browser\/|\.generated\.ts$))/,
    only: ["^workers/$1/", "^shared/", "^npm:"],
  },
  {
    rule: "what runs in a browser may import only its own worker, shared, the typed client, and what panels are made with",
    from: /^workers\/([^/]+)\/.*\/browser\//,
    only: ["^workers/$1/", "^shared/", "^clients/typescript/src/index.ts$", "^npm:", "^console$"],
  },
  { rule: "shared may import only shared", from: /^shared\//, only: ["^shared/", "^npm:"] },
  {
    rule: "examples may import only examples, clients and shared",
    from: /^examples\//,
    only: ["^examples/", "^clients/", "^shared/", "^npm:"],
  },
  {
    rule: "a client may import only itself and what its package.json names",
    from: /^clients\/(?!cli\/|console\/)([^/]+)\//,
    only: ["^clients/$1/", "^npm:jose$"],
  },
  {
    rule: "the parts of the console may import only each other, the typed client, and Preact",
    from: /^clients\/console\//,
    only: ["^clients/(console|typescript)/", "^npm:preact(/|$)"],
  },
  {
    rule: "the command line may import only itself, the typed client, the verification of audit trails, and what is bundled with it",
    from: /^clients\/cli\//,
    only: ["^clients/(cli|typescript)/", "^runtime/audit/", "^npm:(yaml$|node:)"],
  },
];

/** The specifiers in `import … from "x"`, `export … from "x"`, `import "x"` and `import("x")`, types included. */
const SPECIFIER = /(?:^|[\s;}])(?:from|import)\s*\(?\s*"([^"\n]+)"/g;

/** What a specifier means: a path from the root, or `npm:name`. */
const resolveSpecifier = (file: string, specifier: string): string => {
  if (specifier.startsWith(".")) return path.posix.join(path.posix.dirname(file), specifier);
  return specifier.startsWith("#") ? specifier.slice(1) : `npm:${specifier}`;
};

const targetsOf = ({ file, text }: SourceFile): string[] =>
  [...text.matchAll(SPECIFIER)].flatMap(([, specifier]) =>
    specifier === undefined ? [] : [resolveSpecifier(file, specifier)],
  );

/** Tests may import anything. */
export const isTest = (file: string): boolean => file.endsWith(".test.ts");

const breaks = ({ only, never }: Rule, group: string, target: string): boolean => {
  const isAmong = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => new RegExp(pattern.replaceAll("$1", group)).test(target));
  return (only !== undefined && !isAmong(only)) || (never !== undefined && isAmong(never));
};

/** Every import of these files that breaks a rule. */
export const findViolations = (files: readonly SourceFile[]): Violation[] =>
  files
    .filter(({ file }) => !isTest(file))
    .flatMap((source) =>
      RULES.flatMap((rule) => {
        const match = rule.from.exec(source.file);
        if (match === null) return [];
        return targetsOf(source)
          .filter((target) => breaks(rule, match[1] ?? "", target))
          .map((target) => ({ file: source.file, target, rule: rule.rule }));
      }),
    );

/** A file right under `src` stands for itself: it puts a worker together, and is no part of a capability. */
const folderOf = (file: string): string =>
  /^workers\/[^/]+\/src\/[^/]+$/.test(file) ? file : path.posix.dirname(file);

/**
 * The folders that import each other in a circle, types included, each circle once; empty where there is none. Files that
 * register routes do not count: only `app.ts` imports them, so they stand above all folders.
 */
export const findFolderCycles = (files: readonly SourceFile[]): string[][] => {
  const edges = new Map<string, Set<string>>();
  for (const source of files) {
    if (isTest(source.file) || source.file.endsWith(".routes.ts")) continue;
    const from = folderOf(source.file);
    const targets = edges.get(from) ?? new Set();
    edges.set(from, targets);
    for (const target of targetsOf(source))
      if (!target.startsWith("npm:") && folderOf(target) !== from) targets.add(folderOf(target));
  }
  const reachable = (start: string): Set<string> => {
    const seen = new Set<string>();
    const queue = [start];
    for (let folder = queue.pop(); folder !== undefined; folder = queue.pop())
      for (const next of edges.get(folder) ?? [])
        if (!seen.has(next)) {
          seen.add(next);
          queue.push(next);
        }
    return seen;
  };
  const reached = new Map([...edges.keys()].map((folder) => [folder, reachable(folder)]));
  const circleOf = (folder: string): string[] =>
    [...edges.keys()].filter((other) => reached.get(folder)?.has(other) && reached.get(other)?.has(folder)).sort();
  const circles = [...edges.keys()].map(circleOf).filter((circle) => circle.length > 0);
  return [...new Map(circles.map((circle) => [circle.join(" "), circle])).values()];
};
