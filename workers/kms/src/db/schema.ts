/** All tables of the kms, from which migrations are generated. Stores import the file of the table that they need. */
export * from "./schema/accounts.ts";
export * from "./schema/audit.ts";
export * from "./schema/browser-cookies.ts";
export * from "./schema/consents.ts";
export * from "./schema/device.ts";
export * from "./schema/dpop-proofs.ts";
export * from "./schema/factor-removals.ts";
export * from "./schema/keys.ts";
export * from "./schema/links.ts";
export * from "./schema/mails.ts";
export * from "./schema/oauth.ts";
export * from "./schema/scopes.ts";
export * from "./schema/secrets.ts";
export * from "./schema/services.ts";
export * from "./schema/sessions.ts";
