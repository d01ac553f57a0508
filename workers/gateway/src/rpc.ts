/** The private entrypoints of the gateway. */
import { timingSafeEqual } from "node:crypto";
import type { GatewayInternalRpc } from "#shared/contracts/internal.ts";
import { createInternal } from "#shared/http/worker.ts";
import { sha256 } from "#shared/lang/digest.ts";
import type { GatewayServices } from "./composition/services.ts";
import { SOCKET_FIELD } from "./upstreams/sockets/opener.ts";

/** Compares in a time that reveals nothing about where the texts differ. */
const isSame = async (one: string, other: string): Promise<boolean> => {
  const [a, b] = await Promise.all([sha256(one), sha256(other)]);
  return timingSafeEqual(Buffer.from(a), Buffer.from(b));
};

export const createGatewayInternal = (connect: (bindings: unknown) => GatewayServices) =>
  class extends createInternal(connect) implements GatewayInternalRpc {
    drain(): Promise<void> {
      return connect(this.env).drain();
    }

    async applyConfiguration(file: unknown, proof: string): Promise<readonly string[] | "refused"> {
      const { applyFile, databaseToken } = connect(this.env);
      return (await isSame(proof, databaseToken)) ? applyFile(file) : "refused";
    }

    async report(question: string): Promise<string> {
      return JSON.stringify(connect(this.env).report(JSON.parse(question)));
    }

    releaseAllowances(): Promise<void> {
      return connect(this.env).releaseAllowances();
    }
  };

/** What workerd reports of the worker that opens WebSockets: which of its requests are over. */
export const createSocketEnds = (connect: (bindings: unknown) => Pick<GatewayServices, "passages">) => ({
  tail: (items: readonly TraceItem[], bindings: unknown): void => {
    const { passages } = connect(bindings);
    for (const { event } of items) {
      const id = event && "request" in event ? event.request.headers[SOCKET_FIELD] : undefined;
      if (id !== undefined) passages.noteEnd(id);
    }
  },
});
