/** Secrets with several versions, and a transit key that was rotated. The values are made up. */
import { randomBytes } from "node:crypto";
import { exists, some, type Thing } from "./thing.ts";

const SECRETS: readonly (readonly [path: string, versions: number])[] = [
  ["writers-room/smtp-password", 3],
  ["writers-room/database-url", 2],
  ["newsletter/api-token", 1],
];

const LETTERS = "letters";

const secretOf = ([path, versions]: (typeof SECRETS)[number]): Thing => ({
  name: `secret ${path} (${versions} ${versions === 1 ? "version" : "versions"})`,
  isThere: ({ user }) => some(user.list("GET /kms/secrets", { query: { prefix: path } }), (one) => one.path === path),
  make: async ({ user }) => {
    for (let version = 1; version <= versions; version += 1) {
      const body = { value: `made-up-${randomBytes(9).toString("base64url")}` };
      await user.call("PUT /kms/secrets/{path}", { path: { path }, body });
    }
  },
});

const transitKey: Thing = {
  name: `transit key ${LETTERS} (2 versions)`,
  isThere: ({ user }) => exists(user.call("GET /kms/transit/{key}", { path: { key: LETTERS } })),
  make: async ({ user }) => {
    const path = { key: LETTERS };
    await user.call("POST /kms/transit", { body: { name: LETTERS } });
    const plaintext = Buffer.from("Dear Mara").toString("base64");
    await user.call("POST /kms/transit/{key}/encrypt", { path, body: { plaintext } });
    await user.call("POST /kms/transit/{key}/rotate", { path });
  },
};

export const vault: readonly Thing[] = [...SECRETS.map(secretOf), transitKey];
