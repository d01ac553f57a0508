/** The register of upstreams' scopes of a running kms, as the gateway of another process uses it. */
import type { Client } from "@libsql/client";
import { drizzle } from "drizzle-orm/libsql/http";
import * as schema from "../../../workers/kms/src/db/schema.ts";
import { createUpstreamScopeStore } from "../../../workers/kms/src/upstream-scopes/upstream-scopes.store.ts";
import {
  createUpstreamScopes,
  parseDeclaration,
  type UpstreamScopes,
} from "../../../workers/kms/src/upstream-scopes/upstream-scopes.ts";

export interface TestRegister extends Omit<UpstreamScopes, "declare"> {
  declare(owner: string, scopes: Record<string, string>, host?: string): ReturnType<UpstreamScopes["declare"]>;
}

export const upstreamScopesIn = (client: Client | undefined): TestRegister => {
  if (!client) throw new Error("this installation has no kms");
  const register = createUpstreamScopes(
    createUpstreamScopeStore({ client, orm: drizzle({ client, schema }) }),
    Date.now,
  );
  return { ...register, declare: (owner, scopes, host) => register.declare(owner, parseDeclaration(scopes), host) };
};
