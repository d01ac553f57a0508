/** The register of what upstreams declare: scopes that can be granted beside the built-in ones, and hosts that tokens can be for. */
import {
  isUpstreamScope,
  MAX_SCOPE_DESCRIPTION_CHARACTERS,
  MAX_SCOPE_LIST_CHARACTERS,
  SCOPES,
  type UpstreamScope,
} from "#shared/contracts/rights.ts";
import type { DeclarationFailure } from "#shared/contracts/upstreams.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { isUnavailable } from "#shared/lang/unavailable.ts";

/** In the whole installation. */
const MAX_DECLARED = 100;
/** With those that were withdrawn, which stay their owners'. */
const MAX_RESERVED = 1_000;
/** What the token of an administrator, who has them all, has room for beside the built-in ones. */
const MAX_CHARACTERS = MAX_SCOPE_LIST_CHARACTERS - SCOPES.join(" ").length;
/** How old the list may be where it is only shown. */
const SHOWN_FOR_MS = 2_000;

export interface Declaration {
  owner: string;
  /** Descriptions by scope. */
  scopes: ReadonlyMap<UpstreamScope, string>;
  /** The host that it has to itself. */
  host: string | undefined;
  maxDeclared: number;
  maxReserved: number;
  /** Of all declared scopes, each with a blank. */
  maxCharacters: number;
}

export interface UpstreamScopeStore {
  /** In the order of names. */
  listDeclared(): Promise<UpstreamScope[]>;
  /** Replaces the owner's set in one transaction, if it fits. */
  declare(declaration: Declaration): Promise<{ isDone: boolean; taken: { scope: string; owner: string } | undefined }>;
  withdraw(owner: string): Promise<void>;
  /** Those of the hosts that are some upstream's. */
  findHosts(hosts: readonly string[]): Promise<string[]>;
}

/** The declared scopes with their descriptions. Throws where a name or a description is none: the caller has to check. */
export const parseDeclaration = (scopes: Readonly<Record<string, string>>): Map<UpstreamScope, string> =>
  new Map(
    Object.entries(scopes).map(([name, description]) => {
      if (!isUpstreamScope(name)) throw new Error("a scope was declared whose name no upstream can have");
      if (typeof description !== "string" || description.length > MAX_SCOPE_DESCRIPTION_CHARACTERS)
        throw new Error(`the description of ${name} is no text or too long`);
      return [name, description];
    }),
  );

export interface UpstreamHosts {
  /** Those of the hosts at which there is no upstream. */
  unknownHosts(hosts: readonly string[]): Promise<string[]>;
}

export interface UpstreamScopes extends UpstreamHosts {
  /**
   * Replaces the scopes and the host of an upstream; those scopes that it had and are not among them are withdrawn. `host`: the one
   * that it has to itself.
   */
  declare(
    owner: string,
    scopes: ReadonlyMap<UpstreamScope, string>,
    host?: string,
  ): Promise<Result<true, DeclarationFailure>>;
  /** Withdraws all scopes of an upstream: until it declares them again, no one is granted them, and no token has them. Its host is free. */
  withdraw(owner: string): Promise<void>;
  /** Those that are declared, by name. */
  list(): Promise<UpstreamScope[]>;
  /** The same to be shown to anyone: what was read a moment ago, and where the database is unavailable, what is known. */
  shown(): Promise<readonly UpstreamScope[]>;
  /** Those of the scopes that no upstream declares, though only an upstream could; the others ask the database for nothing. */
  undeclared(scopes: readonly string[]): Promise<string[]>;
}

export const createUpstreamScopes = (store: UpstreamScopeStore, now: () => number): UpstreamScopes => {
  let remembered: { scopes: readonly UpstreamScope[]; readAtMs: number } = {
    scopes: [],
    readAtMs: Number.NEGATIVE_INFINITY,
  };
  const forget = (): void => {
    remembered = { ...remembered, readAtMs: Number.NEGATIVE_INFINITY };
  };
  const list = async (): Promise<UpstreamScope[]> => (await store.listDeclared()).filter(isUpstreamScope);

  return {
    declare: async (owner, scopes, host) => {
      const { isDone, taken } = await store.declare({
        owner,
        scopes,
        host,
        maxDeclared: MAX_DECLARED,
        maxReserved: MAX_RESERVED,
        maxCharacters: MAX_CHARACTERS,
      });
      forget();
      if (isDone) return success(true);
      return taken ? failure("taken", taken) : failure("too-many");
    },
    withdraw: async (owner) => {
      await store.withdraw(owner);
      forget();
    },
    list,
    shown: async () => {
      const readAtMs = now();
      if (readAtMs - remembered.readAtMs < SHOWN_FOR_MS) return remembered.scopes;
      try {
        remembered = { scopes: await list(), readAtMs };
      } catch (error) {
        if (!isUnavailable(error)) throw error;
      }
      return remembered.scopes;
    },
    undeclared: async (scopes) => {
      const wanted = scopes.filter(isUpstreamScope);
      if (wanted.length === 0) return [];
      const declared = new Set(await list());
      return wanted.filter((scope) => !declared.has(scope));
    },
    unknownHosts: async (hosts) => {
      const known = new Set(await store.findHosts(hosts));
      return hosts.filter((host) => !known.has(host));
    },
  };
};
