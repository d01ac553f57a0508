/** Which way imports may point (DESIGN.md §2), as a table, and what breaks it. */
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
  /** Files it speaks of. `$1` in the patterns below stands for what the first group matched. */
  from: RegExp;
  /** Everything such a file may import; anything else breaks the rule. Packages are written `npm:name`. */
  only: readonly string[];
}

const NPM = "^npm:";
const PLAIN_HELPERS = "^npm:(?!hono|@hono/|drizzle-orm|@libsql/|cloudflare:)";
const NO_DATABASE = "^npm:(?!drizzle-orm|@libsql/)";

const RULES: readonly Rule[] = [
  {
    rule: "domain imports only domain, shared/contracts, shared/crypto and plain helpers",
    from: /^workers\/([^/]+)\/src\/domain\//,
    only: ["^workers/$1/src/domain/", "^shared/(contracts|crypto)/", PLAIN_HELPERS],
  },
  {
    rule: "store imports only store, domain and shared",
    from: /^workers\/([^/]+)\/src\/store\//,
    only: ["^workers/$1/src/(store|domain)/", "^shared/(contracts|crypto|db)/", "^npm:(?!hono|@hono/|cloudflare:)"],
  },
  {
    rule: "typesense imports only typesense, domain and shared",
    from: /^workers\/([^/]+)\/src\/typesense\//,
    only: [
      "^workers/$1/src/(typesense|domain)/",
      "^shared/(contracts|crypto|db|observability)/",
      "^shared/http/deadline\\.ts$",
      "^npm:(?!hono|@hono/|drizzle-orm|@libsql/|cloudflare:)",
    ],
  },
  {
    rule: "channels import only channels, their settings, domain and shared",
    from: /^workers\/([^/]+)\/src\/channels\//,
    only: [
      "^workers/$1/src/(channels|domain)/",
      "^workers/$1/src/channel-settings\\.ts$",
      "^shared/(contracts|crypto|observability)/",
      "^shared/http/deadline\\.ts$",
      "^npm:(?!hono|@hono/|drizzle-orm|@libsql/|cloudflare:)",
    ],
  },
  {
    rule: "routes reach the store through the services they are given",
    from: /^workers\/([^/]+)\/src\/routes\//,
    only: [
      "^workers/$1/src/(routes|domain|pages)/",
      "^workers/$1/src/(?!(index|testing)\\.ts)[^/]+$",
      "^shared/",
      NO_DATABASE,
    ],
  },
  {
    rule: "only index.ts and its parts compose the store, and nothing imports index.ts or testing.ts",
    from: /^workers\/([^/]+)\/src\/(?!(?:index|foundation|vault|[a-z]+-services)\.ts)[^/]+$/,
    only: ["^workers/$1/src/(routes|domain|pages)/", "^workers/$1/src/(?!(index|testing)\\.ts)[^/]+$", "^shared/", NPM],
  },
  {
    rule: "a worker imports only itself and shared",
    from: /^workers\/([^/]+)\//,
    only: ["^workers/$1/", "^shared/", NPM],
  },
  { rule: "shared imports only shared", from: /^shared\//, only: ["^shared/", NPM] },
  { rule: "examples import only examples and shared", from: /^examples\//, only: ["^examples/", "^shared/", NPM] },
];

/** The specifiers in `import … from "x"`, `export … from "x"`, `import "x"` and `import("x")`, types included. */
const SPECIFIER = /(?:^|[\s;}])(?:from|import)\s*\(?\s*"([^"\n]+)"/g;

/** What a specifier means: a path from the root, or `npm:name`. */
export const resolveSpecifier = (file: string, specifier: string): string => {
  if (specifier.startsWith(".")) return path.posix.join(path.posix.dirname(file), specifier);
  return specifier.startsWith("#") ? specifier.slice(1) : `npm:${specifier}`;
};

const targetsOf = ({ file, text }: SourceFile): string[] =>
  [...text.matchAll(SPECIFIER)].flatMap(([, specifier]) =>
    specifier === undefined ? [] : [resolveSpecifier(file, specifier)],
  );

/** Tests, and what a worker's tests share: they may import anything, and only they may import `testing.ts`. */
const isTest = (file: string): boolean => file.endsWith(".test.ts") || path.posix.basename(file) === "testing.ts";

/** Every import of these files that breaks a rule. */
export const findViolations = (files: readonly SourceFile[]): Violation[] =>
  files
    .filter(({ file }) => !isTest(file))
    .flatMap((source) =>
      RULES.flatMap(({ rule, from, only }) => {
        const match = from.exec(source.file);
        if (match === null) return [];
        const allowed = only.map((pattern) => new RegExp(pattern.replaceAll("$1", match[1] ?? "")));
        return targetsOf(source)
          .filter((target) => !allowed.some((pattern) => pattern.test(target)))
          .map((target) => ({ file: source.file, target, rule }));
      }),
    );
