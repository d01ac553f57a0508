/** What prom-client wants of Node's `util`, which it names without `node:`. */
export { format, inspect } from "node:util";
