/** `docker compose run --rm recover USERNAME`: as `npm run recover`, on the database of the stack. */
import { libsqlAt, namespaceUrl } from "../libsql/sqld-client.ts";
import { OperatorError } from "../local/operator-error.ts";
import { runCommand } from "../recover/command.ts";
import { showRecoveryLink } from "../recover/link.ts";
import { DATABASE_TOKEN } from "../workerd/topology.ts";
import { isSecretGiven, mountedSecret } from "./mounted-secrets.ts";
import { composeSecret } from "./secrets.ts";

const KMS = "kms";
const PORT = 8080;
const PREVIOUS = "secret_key_previous";

await runCommand(async () => {
  const [username, ...others] = process.argv.slice(2);
  if (!username || others.length > 0) throw new OperatorError("use docker compose run --rm recover USERNAME");
  await showRecoveryLink(username, {
    databaseUrl: namespaceUrl(KMS),
    databaseToken: mountedSecret(composeSecret(KMS, DATABASE_TOKEN)),
    libsql: libsqlAt(PORT, process.env["LIBSQL_HOST"] ?? "libsql"),
    secretKeys: [
      mountedSecret(composeSecret(KMS, "SECRET_KEY")),
      ...(isSecretGiven(PREVIOUS) ? [mountedSecret(PREVIOUS)] : []),
    ],
    publicUrl: process.env["PUBLIC_URL"] ?? "https://localhost",
  });
});
