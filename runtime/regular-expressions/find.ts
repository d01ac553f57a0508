/** Finds the regular expressions that workers run: those of ours, and those of the packages in their bundles. */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import { type AnyNode, type Comment, parse } from "acorn";
import { full } from "acorn-walk";

export interface Found {
  pattern: RegExp;
  /** The file that it stands in, from the root of the repository; for one that is composed, the worker. */
  file: string;
}

export interface Findings {
  literals: readonly Found[];
  /** Files in which `RegExp` is called. */
  composing: readonly string[];
}

/** esbuild writes the file that each part of a bundle comes from before it. */
const isFileName = ({ type, value }: Comment): boolean => type === "Line" && /^ \S+\.[a-z]+$/.test(value);

const isComposition = (node: AnyNode): boolean =>
  (node.type === "NewExpression" || node.type === "CallExpression") &&
  node.callee.type === "Identifier" &&
  node.callee.name === "RegExp";

/** What stands in the text of a bundle. */
export const findInBundle = (code: string): Findings => {
  const comments: Comment[] = [];
  const program = parse(code, { ecmaVersion: "latest", sourceType: "module", onComment: comments });
  const files = comments.filter(isFileName);
  const fileAt = (position: number): string =>
    files.findLast(({ start }) => start <= position)?.value.trim() ?? "the bundle";
  const literals: Found[] = [];
  const composing = new Set<string>();
  full(program, (node) => {
    if (node.type === "Literal" && node.value instanceof RegExp) {
      literals.push({ pattern: node.value, file: fileAt(node.start) });
    }
    if (isComposition(node)) composing.add(fileAt(node.start));
  });
  return { literals, composing: [...composing] };
};

/** Just enough of the runtime for a bundle to be loaded. */
const CLOUDFLARE = `data:text/javascript,
export class WorkerEntrypoint {}
export const waitUntil = () => {};`;

/** WebAssembly has no regular expressions, and is not used until a request comes. */
const WASM = "data:text/javascript,export default undefined;";

/** What stands for a module that Node cannot load. */
const standIn = (specifier: string): string | undefined => {
  if (specifier.startsWith("cloudflare:")) return CLOUDFLARE;
  return specifier.endsWith(".wasm") ? WASM : undefined;
};

/** Those that a bundle composes when it is loaded, as it does of its routes and schemas. */
export const findComposed = async (bundle: string): Promise<RegExp[]> => {
  const composed: RegExp[] = [];
  const hooks = registerHooks({
    resolve: (specifier, context, next) => {
      const url = standIn(specifier);
      return url === undefined ? next(specifier, context) : { url, shortCircuit: true };
    },
  });
  const original = globalThis.RegExp;
  const record = (made: unknown): object => {
    if (!(made instanceof original)) throw new Error("RegExp made something else");
    composed.push(made);
    return made;
  };
  globalThis.RegExp = new Proxy(original, {
    construct: (target, args, newTarget) => record(Reflect.construct(target, args, newTarget)),
    apply: (target, self, args) => record(Reflect.apply(target, self, args)),
  });
  try {
    await import(pathToFileURL(bundle).href);
  } finally {
    globalThis.RegExp = original;
    hooks.deregister();
  }
  return composed;
};

/** Everything that can be found in these bundles, each pattern once. */
export const findAll = async (bundles: readonly { worker: string; file: string }[]): Promise<Findings> => {
  const literals = new Map<string, Found>();
  const composing = new Set<string>();
  for (const { worker, file } of bundles) {
    const found = findInBundle(readFileSync(file, "utf8"));
    const composed = (await findComposed(file)).map((pattern) => ({ pattern, file: `the ${worker} worker` }));
    for (const each of [...found.literals, ...composed]) {
      if (!literals.has(String(each.pattern))) literals.set(String(each.pattern), each);
    }
    for (const each of found.composing) composing.add(each);
  }
  return { literals: [...literals.values()], composing: [...composing] };
};
