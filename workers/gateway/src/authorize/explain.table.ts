/** The callers, calls and rules of the table by which decisions and explanations are compared. */
import type { PrincipalDescription } from "#shared/contracts/kms.ts";

/** Friday morning. */
export const NOW = "2027-01-15T08:00:00Z";

export interface TableCaller {
  name: string;
  /** The claims of the caller's token; `undefined`: no token. */
  claims?: Record<string, unknown>;
  /** How a call of theirs is described to the explanation. */
  described: object;
  address?: string;
}

const ADMIN_SCOPES =
  "users:admin gateway:read gateway:write keys:read keys:write sequence:read sequence:write search:read";

const user = (name: string, roles: string[], scope: string, acr: "aal1" | "aal2", address: string): TableCaller => ({
  name: `${name} at ${acr}`,
  claims: { sub: name, roles, scope, acr },
  described: { subject: name, acr },
  address,
});

export const CALLERS: readonly TableCaller[] = [
  { name: "stranger", described: {}, address: "203.0.113.7" },
  user("user-1", ["user"], "sequence:read search:read notes:read", "aal1", "10.1.2.3"),
  user("editor-1", ["editor", "user"], "sequence:read sequence:write notes:read notes:write", "aal1", "203.0.113.7"),
  user("admin-1", ["admin"], ADMIN_SCOPES, "aal1", "10.1.2.3"),
  user("admin-1", ["admin"], ADMIN_SCOPES, "aal2", "2001:db8::7"),
  {
    name: "a user before the second factor that a role demands",
    claims: { sub: "lead-1", roles: ["user"], scope: "notes:read", acr: "aal1", withheld_roles: ["editor"] },
    described: { subject: "lead-1" },
    address: "203.0.113.7",
  },
  {
    name: "a service from an unknown address",
    claims: { sub: "service:scripts", client_id: "scripts", sid: "key-1", roles: [], scope: "notes:read keys:write" },
    described: { service: "scripts" },
  },
];

const described = (
  kind: "user" | "service",
  subject: string,
  clientId: string,
  roles: string[],
  scopes: string,
): [string, PrincipalDescription] => [
  subject,
  { kind, subject, clientId, roles, scopes: scopes.split(" "), usable: true, allowedAddresses: null },
];

export const PRINCIPALS: ReadonlyMap<string, PrincipalDescription> = new Map([
  described("user", "user-1", "fountain", ["user"], "sequence:read search:read notes:read"),
  described("user", "editor-1", "fountain", ["editor", "user"], "sequence:read sequence:write notes:read notes:write"),
  described("user", "admin-1", "fountain", ["admin"], `${ADMIN_SCOPES} notes:read notes:write`),
  [
    "lead-1",
    {
      kind: "user",
      subject: "lead-1",
      clientId: "fountain",
      roles: ["editor", "user"],
      scopes: ["notes:read", "notes:write", "keys:write"],
      beforeSecondFactor: { roles: ["user"], scopes: ["notes:read"], withheldRoles: ["editor"] },
      usable: true,
      allowedAddresses: null,
    },
  ],
  described("service", "service:scripts", "scripts", [], "notes:read keys:write"),
]);

export const UPSTREAM = {
  targets: ["http://127.0.0.1:9000"],
  scopes: { "notes:read": "Read notes", "notes:write": "Write notes" },
  firewall: [{ effect: "deny", calls: ["* /notes/internal/**"] }],
  routes: [
    { match: "GET /items/{id}", scope: "notes:read" },
    { match: "DELETE /items/{id}", scope: "notes:write", stepUp: { maxAgeSeconds: 300 } },
    { match: "GET /public/**", anyone: true },
    { match: "GET /mine/{owner}", policy: { effect: "allow", when: { path: { owner: "$subject" } } } },
    { match: "GET /named", policy: ["a-rule"] },
    { match: "GET /internal/**" },
    { match: "POST /items", scope: "other:write" },
  ],
};

export const CALLS: readonly (readonly [method: string, path: string])[] = [
  ["GET", "/notes/items/7"],
  ["HEAD", "/notes/items/7/?x=1"],
  ["DELETE", "/notes/items/7"],
  ["GET", "/notes/public/a/b"],
  ["GET", "/notes/mine/user-1"],
  ["GET", "/notes/named"],
  ["POST", "/notes/items"],
  ["GET", "/kms/me"],
  ["POST", "/kms/keys"],
  ["POST", "/kms/login"],
  ["POST", "/kms/signing-keys/rotate"],
];

const EVERYWHERE = ["* /**"];
const NOTES = ["* /notes/**"];
const OFFICE = ["10.0.0.0/8", "2001:db8::/32"];

export const RULES: readonly object[] = [
  { effect: "deny", routes: EVERYWHERE },
  { effect: "deny", routes: NOTES, when: { roles: "editor" } },
  { effect: "allow", routes: ["GET /notes/items/{id}", "DELETE /notes/**"], when: { roles: ["admin", "user"] } },
  { effect: "allow", routes: EVERYWHERE, when: { addresses: OFFICE } },
  { effect: "deny", routes: NOTES, when: { addresses: OFFICE } },
  { effect: "deny", routes: ["* /kms/**"], when: { acr: "aal1" } },
  { effect: "allow", routes: NOTES, when: { service: "scripts" } },
  { effect: "deny", routes: ["GET /notes/{what}/{id}"], when: { path: { what: "mine", id: "$subject" } } },
  { effect: "deny", routes: NOTES, when: { scopes: ["notes:write"], subject: ["editor-1", "admin-1"] } },
  { effect: "allow", routes: EVERYWHERE, when: { hours: { zone: "Europe/Berlin", from: "22:00", to: "06:00" } } },
  {
    effect: "deny",
    routes: EVERYWHERE,
    when: { hours: { zone: "Asia/Tokyo", from: "17:00", to: "18:00", days: ["fri"] } },
  },
  { effect: "allow", routes: ["POST /**", "GET /notes/public/**"], when: { path: { id: "7" } } },
];
