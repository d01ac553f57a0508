/** The rights of Fountain: what a token may do (scopes, RFC 6749 §3.3) and the roles that bundle them. */

export const SCOPES = [
  "users:admin",
  "keys:read",
  "keys:write",
  "secrets:read",
  "secrets:write",
  "transit:use",
  "audit:read",
  "sequence:read",
  "sequence:write",
  "search:read",
  "search:write",
] as const;

export type Scope = (typeof SCOPES)[number];

/** The roles a new installation knows, with the scopes each one grants. */
export const ROLES = {
  admin: SCOPES,
  editor: ["sequence:read", "sequence:write", "search:read", "search:write"],
  auditor: ["audit:read", "keys:read"],
  user: ["sequence:read", "search:read"],
} as const satisfies Record<string, readonly Scope[]>;

export type Role = keyof typeof ROLES;

export const ROLE_NAMES = ["admin", "editor", "auditor", "user"] as const satisfies readonly Role[];
