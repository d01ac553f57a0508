/**
 * Part of `npm run check`: ends with code 1 when the script of a page is not what its source compiles to. With `--write`, as in
 * `npm run fix`, it is compiled. The result is in the repository because nothing that bundles or runs the gateway (our own
 * build, wrangler, the tests) takes a script of a page from its source.
 */
import path from "node:path";
import { build } from "esbuild";
import { keepGenerated } from "./generated.ts";

const GATEWAY = path.join(import.meta.dirname, "..", "..", "workers", "gateway", "src");

interface Script {
  source: string;
  compiled: string;
  /** What it is exported as. */
  name: string;
  /** Delivered without what only readers need: it is large. */
  minify: boolean;
}

const SCRIPTS: readonly Script[] = [
  { source: "docs/browser/docs.ts", compiled: "docs/docs-script.generated.ts", name: "DOCS_SCRIPT", minify: true },
  { source: "pages/browser/pages.ts", compiled: "pages/frame/pages-script.ts", name: "PAGES_SCRIPT", minify: false },
];

const compile = async ({ source, name, minify }: Script): Promise<string> => {
  const entry = path.join(GATEWAY, source);
  const { outputFiles } = await build({
    entryPoints: [entry],
    absWorkingDir: path.dirname(entry),
    bundle: true,
    minify,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    write: false,
  });
  const script = outputFiles.map(({ text }) => text).join("");
  const literal = script.replace(/[\\`]|\$\{/g, "\\$&");
  const origin = source.slice(source.indexOf("/") + 1);
  return `/** Compiled from ${origin} by \`npm run fix\`. */\nexport const ${name} = \`\n${literal}\`;\n`;
};

for (const script of SCRIPTS)
  keepGenerated({
    file: path.posix.join("workers/gateway/src", script.compiled),
    text: await compile(script),
    source: `what ${script.source} compiles to`,
  });
