/** All tables of the kms: what migrations are generated from. Whoever wants one table imports its own file. */
export * from "./schema/accounts.ts";
export * from "./schema/audit.ts";
export * from "./schema/keys.ts";
export * from "./schema/secrets.ts";
export * from "./schema/services.ts";
export * from "./schema/sessions.ts";
