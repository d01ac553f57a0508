/** People with different roles, who have logged in and done something. */
import { randomBytes } from "node:crypto";
import { type Client, createClient } from "../../clients/typescript/src/index.ts";
import { refused, type Seed, some, type Thing } from "./thing.ts";

const NIGHT_DESK = "night-desk";

interface Person {
  username: string;
  role: string;
  /** What they do once they have logged in. */
  work: (client: Client) => Promise<unknown>;
  isLocked?: boolean;
}

const readScripts = (client: Client): Promise<unknown> => client.call("GET /service-a/scripts");

const PEOPLE: readonly Person[] = [
  { username: "mara", role: "editor", work: readScripts },
  { username: "ben", role: "auditor", work: (client) => client.call("GET /kms/audit", { query: { limit: 20 } }) },
  { username: "ida", role: "user", work: (client) => refused(client.call("GET /kms/users")) },
  { username: "nils", role: NIGHT_DESK, work: readScripts },
  { username: "tom", role: "user", work: readScripts, isLocked: true },
];

const role: Thing = {
  name: `role ${NIGHT_DESK}`,
  isThere: ({ user }) => some(user.list("GET /kms/roles"), ({ name }) => name === NIGHT_DESK),
  make: ({ user }) => {
    const permissions = ["sequence:read", "search:read", "audit:read"];
    return user.call("PUT /kms/roles/{name}", { path: { name: NIGHT_DESK }, body: { permissions } });
  },
};

const newPassword = (): string => randomBytes(12).toString("base64url");

/** A wrong password, and then the right one. */
const logIn = async ({ url }: Seed, username: string, password: string): Promise<Client> => {
  const client = createClient({ url });
  await refused(client.logIn({ username, password: newPassword() }));
  await client.logIn({ username, password });
  return client;
};

const personOf = ({ username, role: held, work, isLocked = false }: Person): Thing => ({
  name: `${username} (${held}${isLocked ? ", locked" : ""})`,
  isThere: ({ user }) =>
    some(user.list("GET /kms/users", { query: { search: username } }), (one) => one.username === username),
  make: async (seed) => {
    const password = newPassword();
    const body = { username, password, roles: [held] };
    const { data } = await seed.user.call("POST /kms/users", { body });
    if (!isLocked) seed.keep(`${username} logs in with the password ${password}`);
    await work(await logIn(seed, username, password));
    if (isLocked) await seed.user.call("POST /kms/users/{id}/lock", { path: { id: data.id } });
  },
});

export const people: readonly Thing[] = [role, ...PEOPLE.map(personOf)];
