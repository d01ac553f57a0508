/** What libSQL itself can do: Hrana over HTTP, as plain as it goes (docs/HRANA_3_SPEC.md of libsql, v2 pipelines). */
import { requestBytes } from "../load/connection.ts";
import type { Variant } from "../load/slices.ts";
import type { Clone } from "../stage/clone.ts";

/** sqld drops a stream that is not used for ten seconds. */
const KEPT_MS = 5_000;

export interface Statement {
  sql: string;
  args?: readonly { type: "integer" | "text"; value: string }[];
}

const pipeline = ({ environment }: Clone, baton: string | undefined, requests: readonly unknown[]): Buffer =>
  requestBytes("/v2/pipeline", {
    method: "POST",
    headers: {
      host: new URL(environment["SERVICE_A_DATABASE_URL"] ?? "").host,
      authorization: `Bearer ${environment["SERVICE_A_DATABASE_TOKEN"]}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ baton: baton ?? null, requests }),
  });

const execute = (stmt: Statement) => ({ type: "execute", stmt });

/** The statement on a stream of its own, each time. */
export const onNewStream = (clone: Clone, statement: Statement): Variant["next"] => {
  const request = pipeline(clone, undefined, [execute(statement), { type: "close" }]);
  return () => request;
};

/** The statement on a stream that each connection keeps. */
export const onKeptStream = (clone: Clone, statement: Statement): Variant["next"] => {
  let usedAtMs = 0;
  return (last) => {
    const isExpired = performance.now() - usedAtMs > KEPT_MS;
    usedAtMs = performance.now();
    const [, baton] = /"baton":"([^"]+)"/.exec(last.toString("latin1")) ?? [];
    return pipeline(clone, isExpired ? undefined : baton, [execute(statement)]);
  };
};
