/**
 * The OpenAPI documents of the services behind the gateway, as each process holds them: fetched from the service when it is
 * configured or called, and again every few minutes; the last good one stays. No call wakes another: those that wait look by timers of their
 * own (see docs/adr/0010).
 */
import { withinTime } from "#shared/lang/deadline.ts";
import { sleep } from "#shared/lang/sleep.ts";
import { isUnavailable, Unavailable } from "#shared/lang/unavailable.ts";
import type { Upstream } from "../upstreams/compiled.ts";
import type { Reach } from "../upstreams/ports.ts";
import { type OpenApiDocument, parseDocument } from "./document.ts";
import { compileOperations, type Operations } from "./operations.ts";

const REFRESH_MS = 5 * 60_000;
/** After the first failure, and twice as long after each that follows; as long each time where the service is not up. */
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
const FETCH_LIMIT_MS = 5_000;
/** So many are asked for before they are needed: on the edge, a call has six connections, and needs some itself. */
const MAX_EAGER = 4;
/** How long a call waits for the first document of a service, which then passes without. */
const FIRST_WAIT_MS = 1_000;
const LOOK_MS = 20;

const MAX_DOCUMENT_BYTES = 1024 * 1024;
/** Of all documents of a process together. */
const MAX_TOTAL_CHARACTERS = 16 * 1024 * 1024;
/** What was not asked for within this time is forgotten where there is no room. */
const UNUSED_MS = 60 * 60_000;

export interface KnownDocument {
  /** Changes with the text. */
  id: string;
  document: OpenApiDocument;
  /** The operation that a call is of; `undefined`: there is none, or none that can be validated. */
  find: Operations["find"];
}

export interface Documents {
  /** The document of a service that has one: at once where it is known, `undefined` where it could not be had soon. */
  of(upstream: Upstream): KnownDocument | undefined | Promise<KnownDocument | undefined>;
  /** Asks for some of the documents that were not read yet, without waiting for them. */
  prepare(upstreams: Iterable<Upstream>): void;
}

export interface DocumentsOptions {
  reach: Reach;
  /** Continues after the response. */
  later: (work: Promise<void>) => void;
  /** Called once when the document of an upstream cannot be had, and again after it could be. */
  onFailure: (upstream: string, error: unknown) => void;
  /** Milliseconds since the epoch. */
  now: () => number;
}

interface Entry {
  /** The upstream as it was when the document was asked for, and when it was fetched. */
  asked: string | undefined;
  fetched: string | undefined;
  known: (KnownDocument & { text: string }) | undefined;
  askAgainAtMs: number;
  /** Of the question that is under way: after that it is taken to be lost, as the runtime may have ended the call that asked. */
  lostAtMs: number;
  hasFailed: boolean;
  /** How often it could not be had since it was asked for as it is now. */
  failures: number;
  usedAtMs: number;
}

/** Another one may have another document. */
const editionOf = ({ version, targets, body: { openapi } }: Upstream): string =>
  JSON.stringify([version, openapi, targets]);

/** So many of the targets are asked in turn. */
const MAX_TARGETS = 3;

const readBounded = async (response: Response): Promise<string> => {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  let text = "";
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.byteLength;
    if (bytes > MAX_DOCUMENT_BYTES) throw new Error(`it has more than ${MAX_DOCUMENT_BYTES} bytes`);
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
};

/** A server that is starting, or a proxy in front of it. */
const NOT_UP: ReadonlySet<number> = new Set([502, 503, 504]);

/** Calls of a service that is not up fail, too, and once it is up they should be validated. */
const retryMs = (error: unknown, failures: number): number =>
  isUnavailable(error) ? RETRY_MS : Math.min(RETRY_MS * 2 ** failures, LONGEST_RETRY_MS);

export const createDocuments = ({ reach, later, onFailure, now }: DocumentsOptions): Documents => {
  const entries = new Map<string, Entry>();
  let documents = 0;

  const fetchFrom = async (url: string, signal: AbortSignal): Promise<string> => {
    const response = await reach(url, { headers: { accept: "application/json" }, signal }).catch((cause: unknown) => {
      throw signal.aborted ? cause : new Unavailable("the service cannot be reached", { cause });
    });
    if (response.status === 200) return readBounded(response);
    await response.body?.cancel();
    const fault = `the service responded ${response.status}`;
    throw NOT_UP.has(response.status) ? new Unavailable(fault) : new Error(fault);
  };

  const fetchText = async ({ targets, body: { openapi = "" } }: Upstream): Promise<string> => {
    const signal = AbortSignal.timeout(FETCH_LIMIT_MS);
    let failed: unknown = new Error("the upstream has no target");
    for (const { url } of targets.slice(0, MAX_TARGETS)) {
      try {
        return await fetchFrom(url.replace(/\/$/, "") + openapi, signal);
      } catch (error) {
        failed = error;
      }
    }
    throw failed;
  };

  /** What goes wrong later on: a part of the document that cannot be compiled. */
  const findIn =
    (name: string, { find }: Operations, entry: Entry): Operations["find"] =>
    (method, path) => {
      try {
        return find(method, path);
      } catch (error) {
        if (!entry.hasFailed) onFailure(name, error);
        entry.hasFailed = true;
        return undefined;
      }
    };

  const assertRoom = (own: Entry, text: string): void => {
    const sizes = () => [...entries.values()].reduce((sum, { known }) => sum + (known?.text.length ?? 0), 0);
    const rest = () => sizes() - (own.known?.text.length ?? 0) + text.length;
    if (rest() > MAX_TOTAL_CHARACTERS)
      for (const [name, { usedAtMs }] of entries) if (usedAtMs < now() - UNUSED_MS) entries.delete(name);
    if (rest() > MAX_TOTAL_CHARACTERS) throw new Error("the documents of all services together are too long");
  };

  const load = async (upstream: Upstream, entry: Entry): Promise<void> => {
    const edition = editionOf(upstream);
    if (entry.asked !== edition) entry.failures = 0;
    entry.asked = edition;
    entry.lostAtMs = now() + FETCH_LIMIT_MS;
    entry.askAgainAtMs = entry.lostAtMs;
    try {
      const text = await withinTime(fetchText(upstream), FETCH_LIMIT_MS);
      if (text === undefined) throw new Error(`the service did not respond within ${FETCH_LIMIT_MS} ms`);
      if (text !== entry.known?.text) {
        assertRoom(entry, text);
        const document = parseDocument(text);
        documents += 1;
        const find = findIn(upstream.name, compileOperations(document), entry);
        entry.known = { id: `${upstream.name}:${documents}`, document, find, text };
      }
      entry.fetched = edition;
      entry.hasFailed = false;
      entry.failures = 0;
      entry.askAgainAtMs = now() + REFRESH_MS;
    } catch (error) {
      entry.askAgainAtMs = now() + retryMs(error, entry.failures);
      entry.failures += 1;
      if (!entry.hasFailed) onFailure(upstream.name, error);
      entry.hasFailed = true;
    } finally {
      entry.lostAtMs = Number.NEGATIVE_INFINITY;
    }
  };

  const entryOf = (name: string): Entry => {
    const known = entries.get(name);
    if (known) return known;
    const created: Entry = {
      asked: undefined,
      fetched: undefined,
      known: undefined,
      askAgainAtMs: Number.NEGATIVE_INFINITY,
      lostAtMs: Number.NEGATIVE_INFINITY,
      hasFailed: false,
      failures: 0,
      usedAtMs: now(),
    };
    entries.set(name, created);
    return created;
  };

  const afterwards = async (loading: Promise<void>, entry: Entry): Promise<KnownDocument | undefined> => {
    await withinTime(loading, FIRST_WAIT_MS);
    return entry.known;
  };

  const afterOther = async (entry: Entry): Promise<KnownDocument | undefined> => {
    const giveUpAtMs = now() + FIRST_WAIT_MS;
    while (now() < entry.lostAtMs && now() < giveUpAtMs) await sleep(LOOK_MS);
    return entry.known;
  };

  const isUnderWay = (entry: Entry, edition: string): boolean => now() < entry.lostAtMs && entry.asked === edition;

  /** Asks for the document if it is time to. */
  const askIfDue = (upstream: Upstream, entry: Entry): Promise<void> | undefined => {
    const edition = editionOf(upstream);
    const isDue = now() >= entry.askAgainAtMs || entry.asked !== edition;
    if (!isDue || isUnderWay(entry, edition)) return undefined;
    const loading = load(upstream, entry);
    later(loading);
    return loading;
  };

  return {
    of: (upstream) => {
      if (upstream.body.openapi === undefined) return undefined;
      const entry = entryOf(upstream.name);
      entry.usedAtMs = now();
      const loading = askIfDue(upstream, entry);
      const edition = editionOf(upstream);
      if (entry.fetched === edition) return entry.known;
      if (loading) return afterwards(loading, entry);
      return isUnderWay(entry, edition) ? afterOther(entry) : entry.known;
    },

    prepare: (upstreams) => {
      const unread = [...upstreams].filter(
        (upstream) =>
          upstream.body.openapi !== undefined && entries.get(upstream.name)?.fetched !== editionOf(upstream),
      );
      for (const upstream of unread.slice(0, MAX_EAGER)) askIfDue(upstream, entryOf(upstream.name));
    },
  };
};
