/**
 * Part of `npm run check`: ends with code 1 when the script of a page is not what its source compiles to. With `--write`, as in
 * `npm run fix`, it is compiled. The result is in the repository because nothing that bundles or runs the gateway (our own
 * build, wrangler, the tests) takes a script of a page from its source.
 */
import { globSync } from "node:fs";
import path from "node:path";
import { type BuildOptions, build } from "esbuild";
import { keepGenerated } from "./generated.ts";

const WORKERS = path.join(import.meta.dirname, "..", "..", "workers");

interface Script {
  /** From the folder of the workers. */
  source: string;
  compiled: string;
  /** What it is exported as. */
  name: string;
  /** `page`: stands in a page; `reference`: the same of the API page, which is large; `console`: the console itself; `panel`: a module that the console loads. */
  kind: "page" | "reference" | "console" | "panel";
}

/** Every worker with panels has them at the same place. */
const PANELS: readonly Script[] = globSync("*/src/console/browser/panels.ts", { cwd: WORKERS })
  .toSorted()
  .map((source) => ({
    source,
    compiled: source.replace("browser/panels.ts", "panel-script.generated.ts"),
    name: "PANEL_SCRIPT",
    kind: "panel",
  }));

const SCRIPTS: readonly Script[] = [
  {
    source: "gateway/src/docs/browser/docs.ts",
    compiled: "gateway/src/docs/docs-script.generated.ts",
    name: "DOCS_SCRIPT",
    kind: "reference",
  },
  {
    source: "gateway/src/pages/browser/pages.ts",
    compiled: "gateway/src/pages/frame/pages-script.ts",
    name: "PAGES_SCRIPT",
    kind: "page",
  },
  {
    source: "gateway/src/pages/console/browser/main.tsx",
    compiled: "gateway/src/pages/console/console-script.generated.ts",
    name: "CONSOLE_SCRIPT",
    kind: "console",
  },
  ...PANELS,
];

const TSCONFIG = path.join(import.meta.dirname, "..", "..", "clients", "console", "tsconfig.json");
const MODULE = { format: "esm", minify: true, tsconfig: TSCONFIG } satisfies BuildOptions;

const OPTIONS: Record<Script["kind"], BuildOptions> = {
  page: { format: "iife" },
  reference: { format: "iife", minify: true },
  console: MODULE,
  // The console's import map says what these are.
  panel: { ...MODULE, external: ["#console", "preact", "preact/hooks", "preact/jsx-runtime"] },
};

const compile = async ({ source, name, kind }: Script): Promise<string> => {
  const entry = path.join(WORKERS, source);
  const { outputFiles = [] } = await build({
    ...OPTIONS[kind],
    entryPoints: [entry],
    absWorkingDir: path.dirname(entry),
    bundle: true,
    target: "es2022",
    charset: "utf8",
    write: false,
  });
  const script = outputFiles.map(({ text }) => text).join("");
  const literal = script.replace(/[\\`]|\$\{/g, "\\$&");
  const origin = source.slice(source.indexOf("browser/"));
  return `/** Compiled from ${origin} by \`npm run fix\`. */\nexport const ${name} = \`\n${literal}\`;\n`;
};

for (const script of SCRIPTS)
  keepGenerated({
    file: path.posix.join("workers", script.compiled),
    text: await compile(script),
    source: `what ${script.source} compiles to`,
  });
