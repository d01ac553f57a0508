/** What Miniflare needs to know of Fountain's workers. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { type Request, Response, type WorkerOptions } from "miniflare";
import { inject } from "vitest";
import { bundlePath } from "../../../runtime/workerd/bundle.ts";
import { textBindings } from "../../../runtime/workerd/environment.ts";
import { HASHER_SERVICES } from "../../../runtime/workerd/hasher.ts";
import { wasmOf } from "../../../runtime/workerd/modules.ts";
import type { Worker } from "../../../runtime/workerd/topology.ts";
import { nodeAddresses, nodeBinding, TYPESENSE_NODES, TYPESENSE_SERVICE } from "../../../runtime/workerd/typesense.ts";
import { UPSTREAMS_SERVICE } from "../../../runtime/workerd/upstreams.ts";
import { INTERNAL_WORKER, INTERNET_SERVICE, LIBSQL_SERVICE, OUTBOUND } from "../../../runtime/workerd/workerd.ts";
import { NEVER_REACHED } from "../../../workers/gateway/src/upstreams/never-reached.ts";
import { SOCKETS_SERVICE } from "../../../workers/gateway/src/upstreams/sockets/opener.ts";
import { bundleOfProduction } from "./bundles.ts";
import type { CountingHasher } from "./hasher.ts";

const moduleWith = (worker: string, contents: string) => [
  { type: "ESModule" as const, path: `${worker}.js`, contents },
  ...wasmOf(worker).map((file) => ({
    type: "CompiledWasm" as const,
    path: file,
    contents: readFileSync(path.join(inject("testRun").bundles, file)),
  })),
];

const moduleOf = (worker: string) => {
  const { bundles, bundleErrors } = inject("testRun");
  const error = bundleErrors[worker];
  if (error !== undefined) throw new Error(error);
  return moduleWith(worker, readFileSync(bundlePath(bundles, worker), "utf8"));
};

const DENY_NETWORK = { network: { allow: [] } };

type Designator = NonNullable<WorkerOptions["serviceBindings"]>[string];

/** The services that are no workers. Tests receive on this machine what otherwise goes out to the internet. */
const OUTSIDE: Record<string, ((sqldPort: number) => Designator) | undefined> = {
  [LIBSQL_SERVICE]: (sqldPort) => ({ external: { address: `127.0.0.1:${sqldPort}`, http: {} } }),
  [UPSTREAMS_SERVICE]: () => ({ network: { allow: ["public", "private"], deny: [...NEVER_REACHED] } }),
  [INTERNET_SERVICE]: () => ({ network: { allow: ["local"] } }),
};

/** Of the runtime's own: without these, a worker does itself what they do, as on the edge. */
const NOT_HERE: readonly string[] = [...HASHER_SERVICES, SOCKETS_SERVICE];

/** Egress for a worker's own connections, where it has one: to this machine, and to servers that the test vouches for. */
const outboundOf = ({ services }: Worker, trustedCertificates: string[]) =>
  services.some(({ binding }) => binding === OUTBOUND)
    ? { network: { allow: ["local"], tlsOptions: { trustedCertificates } } }
    : DENY_NETWORK;

/** The first of the kms's hashers. */
const hasherOf = ({ services }: Worker, hasher: CountingHasher | undefined): Record<string, Designator> =>
  hasher !== undefined && services.some(({ binding }) => binding === "HASHER_1")
    ? { HASHER_1: async (request: Request) => new Response(await hasher.serve(request)) }
    : {};

export interface RunOptions {
  /** What is called over the internet; by default this machine, by http. */
  internet?: (request: Request) => Promise<Response>;
  /** Certificates, as PEM, that servers which messages go to may have or be signed with. */
  trustedCertificates?: string[];
  /** Workers that are bundled as for production: the kms hashes passwords at a lower cost else. */
  productionBundles?: string[];
  /** Hashes the kms's passwords, and counts them; by default the kms does itself. */
  hasher?: CountingHasher | undefined;
}

/** Of one of the workers. */
export const workerOptions = async (
  worker: Worker,
  environment: Record<string, string>,
  sqldPort: number,
  { trustedCertificates = [], productionBundles = [], hasher, internet }: RunOptions,
): Promise<WorkerOptions> => ({
  name: worker.name,
  modules: productionBundles.includes(worker.worker)
    ? moduleWith(worker.worker, await bundleOfProduction(worker))
    : moduleOf(worker.worker),
  compatibilityDate: worker.compatibilityDate,
  compatibilityFlags: [...worker.compatibilityFlags],
  bindings: Object.fromEntries(
    textBindings(worker).map(({ binding, variable }) => [binding, environment[variable] ?? ""]),
  ),
  serviceBindings: {
    ...Object.fromEntries(
      worker.services
        .filter(({ binding, service }) => binding !== OUTBOUND && !NOT_HERE.includes(service))
        .map(({ binding, service, entrypoint }) => [
          binding,
          (service === INTERNET_SERVICE && internet ? internet : OUTSIDE[service]?.(sqldPort)) ?? {
            name: service,
            ...(entrypoint === undefined ? {} : { entrypoint }),
          },
        ]),
    ),
    ...hasherOf(worker, hasher),
  },
  outboundService: outboundOf(worker, trustedCertificates),
});

/** The way to the nodes of a Typesense cluster. */
export const typesenseOptions = (first: Worker, nodes: string): WorkerOptions => ({
  name: TYPESENSE_SERVICE,
  modules: moduleOf(TYPESENSE_SERVICE),
  compatibilityDate: first.compatibilityDate,
  compatibilityFlags: [...first.compatibilityFlags],
  bindings: { [TYPESENSE_NODES]: nodes },
  serviceBindings: Object.fromEntries(
    nodeAddresses(nodes === "" ? [] : nodes.split(",")).map(({ address }, index) => [
      nodeBinding(index),
      { external: { address, http: {} } },
    ]),
  ),
  outboundService: DENY_NETWORK,
});

/** What reaches the internal entry points of all workers. */
export const internalOptions = (workers: readonly Worker[], first: Worker): WorkerOptions => ({
  name: INTERNAL_WORKER,
  modules: moduleOf(INTERNAL_WORKER),
  unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
  compatibilityDate: first.compatibilityDate,
  compatibilityFlags: [...first.compatibilityFlags],
  serviceBindings: Object.fromEntries(workers.map(({ worker, name }) => [worker, { name, entrypoint: "Internal" }])),
  outboundService: DENY_NETWORK,
});

/** The front worker comes first: Miniflare gives it the address. */
export const frontFirst = (workers: readonly Worker[], front: string): readonly Worker[] =>
  workers.toSorted((a, b) => Number(b.worker === front) - Number(a.worker === front));
