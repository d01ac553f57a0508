/**
 * The service `typesense`: the only way that search has to the nodes of a Typesense cluster. A request goes to the node
 * whose address it names, and one that names anything else goes nowhere.
 */
import { parseNodeUrls } from "../../workers/search/src/typesense/node-urls.ts";
import { nodeBinding, TYPESENSE_NODES } from "./typesense.ts";

interface Node {
  fetch(request: Request): Promise<Response>;
}

/** TYPESENSE_NODES, and a binding for each of the nodes. */
type Env = Record<string, Node | string | null | undefined>;

const nodeOf = (env: Env, url: string): Node | undefined => {
  const nodes = parseNodeUrls(String(env[TYPESENSE_NODES] ?? ""));
  const { origin } = new URL(url);
  const index = nodes.ok ? nodes.value.findIndex((node) => new URL(node).origin === origin) : -1;
  const node = index === -1 ? undefined : env[nodeBinding(index)];
  return typeof node === "object" && node !== null ? node : undefined;
};

export default {
  fetch: (request: Request, env: Env): Promise<Response> | Response =>
    nodeOf(env, request.url)?.fetch(request) ?? new Response(null, { status: 502 }),
};
