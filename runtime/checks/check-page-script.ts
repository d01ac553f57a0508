/**
 * Part of `npm run check`: ends with code 1 when the script in the /docs page is not what its source compiles to. With
 * `--write`, as in `npm run fix`, it is compiled. The result is in the repository because nothing that bundles or runs the
 * gateway (our own build, wrangler, the tests) takes a script of a page from its source.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";

const DOCS = path.join(import.meta.dirname, "..", "..", "workers", "gateway", "src", "docs");
const SOURCE = path.join(DOCS, "browser", "docs.ts");
const COMPILED = path.join(DOCS, "docs-script.ts");

const compile = async (): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [SOURCE],
    absWorkingDir: path.dirname(SOURCE),
    bundle: true,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    write: false,
  });
  const script = outputFiles.map(({ text }) => text).join("");
  const literal = script.replace(/[\\`]|\$\{/g, "\\$&");
  return `/** Compiled from browser/docs.ts by \`npm run fix\`. */\nexport const DOCS_SCRIPT = \`\n${literal}\`;\n`;
};

const compiled = await compile();
if (process.argv.includes("--write")) writeFileSync(COMPILED, compiled);
else if (readFileSync(COMPILED, "utf8") !== compiled) {
  console.error("workers/gateway/src/docs/docs-script.ts is not what browser/docs.ts compiles to: run npm run fix");
  process.exitCode = 1;
}
