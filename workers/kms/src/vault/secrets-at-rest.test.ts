import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { keysOf, logIn, randomBytes, send, sendForm, signToken, tokensSchema } from "../../../../tests/support/kms.ts";
import { createSealer } from "../crypto/sealing.ts";

const PASSWORD = "a password no one may read";

let fountain: Fountain;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
});
afterAll(() => fountain?.stop());

/** Every value of every row of every table, as text. */
const readEverything = async (): Promise<string> => {
  const client = fountain.databases["kms"];
  const tables = await client?.execute("SELECT name FROM sqlite_master WHERE type = 'table'");
  const texts: string[] = [];
  for (const { name } of tables?.rows ?? []) {
    const { rows } = (await client?.execute(`SELECT * FROM "${String(name)}"`)) ?? { rows: [] };
    texts.push(...rows.flatMap((row) => Object.values({ ...row }).map(String)));
  }
  return texts.join("\n");
};

const privateKeyMember = async (): Promise<string> => {
  const found = await fountain.databases["kms"]?.execute("SELECT kid, wrapped_private_jwk FROM signing_keys");
  const { kid, wrapped_private_jwk } = z
    .object({ kid: z.string(), wrapped_private_jwk: z.string() })
    .parse({ ...found?.rows[0] });
  const sealer = createSealer((await keysOf(fountain)).signingKeyWrapping, randomBytes);
  const opened = await sealer.open(`signing_keys/${kid}/wrapped_private_jwk`, wrapped_private_jwk);
  return z.object({ d: z.string() }).parse(JSON.parse(opened ?? "{}")).d;
};

test("shows no password, token, key or private key in a copy of the database", async () => {
  const token = await signToken(fountain);
  await send(fountain, "POST", "/users", { token, body: { username: "ann", password: PASSWORD } });
  const { accessToken, refreshToken } = await logIn(fountain, "ann", PASSWORD);
  const form = { grant_type: "refresh_token", refresh_token: refreshToken };
  const { refresh_token } = tokensSchema
    .required({ refresh_token: true })
    .parse(await (await sendForm(fountain, form)).json());
  await send(fountain, "POST", "/services", { token, body: { name: "films", scopes: ["search:read"] } });
  const keySchema = z.object({ key: z.string(), id: z.string() });
  const made = keySchema.parse(
    await (await send(fountain, "POST", "/keys", { token, body: { service: "films" } })).json(),
  );
  const rotated = keySchema.parse(await (await send(fountain, "POST", "/keys/films/rotate", { token })).json());

  const secretValue = "a secret value no one may read";
  const wrappedValue = "a wrapped value no one may read";
  await send(fountain, "PUT", "/secrets/films/password", { token, body: { value: secretValue } });
  const wrapped = await send(fountain, "POST", "/secrets/wrap", { token, body: { value: wrappedValue } });
  const wrapping = z.object({ token: z.string() }).parse(await wrapped.json());
  const plaintext = Buffer.from(secretValue).toString("base64");
  await send(fountain, "POST", "/transit/films/encrypt", { token, body: { plaintext } });

  const everything = await readEverything();
  for (const known of ["ann", "films", "films/password", made.id, rotated.id]) expect(everything).toContain(known);

  const derived = Object.values(await keysOf(fountain)).map((key) => Buffer.from(key));
  const secrets = [
    PASSWORD,
    fountain.adminPassword,
    fountain.secretKey,
    accessToken.split(".")[2],
    refreshToken.slice(4),
    refresh_token.slice(4),
    made.key.split("_")[2],
    rotated.key.split("_")[2],
    secretValue,
    wrappedValue,
    wrapping.token.slice(4),
    await privateKeyMember(),
    ...derived.flatMap((key) => [key.toString("hex"), key.toString("base64"), key.toString("base64url")]),
  ];
  for (const secret of secrets) {
    expect(secret?.length).toBeGreaterThan(8);
    expect(everything).not.toContain(secret);
    expect(everything).not.toContain(Buffer.from(secret ?? "").toString("base64url"));
  }
});
