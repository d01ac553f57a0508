/** Commands of the documentation, run against the stack of the tests beside its secrets and settings. */
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { baseUrl, composeCommand, type StackPlace } from "./stack.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Runs a block as pasted, but for the names, ports and versions of this stack. Rejects with what it said when it fails. */
export const paste = async (place: StackPlace, block: string): Promise<string> => {
  const compose = `${composeCommand(place).join(" ")} --file ${ROOT}/docker-compose.yml --project-directory ${ROOT}`;
  const adapted = block
    .replaceAll("docker compose", compose)
    .replaceAll("https://localhost", baseUrl(place))
    .replaceAll("fountain_libsql", `${place.project}_libsql`)
    .replaceAll("fountain-jobs:0.1.0", "fountain-jobs:test")
    .replaceAll("../fountain-secrets", "fountain-secrets")
    .replaceAll("deploy/rolling-restart.sh", `COMPOSE='${compose}' ${ROOT}/deploy/rolling-restart.sh`)
    .replaceAll("npm run secrets", `'${process.execPath}' ${ROOT}/runtime/compose/make-secrets.ts secrets`)
    .replaceAll("npm run demo", `'${process.execPath}' ${ROOT}/examples/demo.ts`);
  const options = { cwd: place.directory, maxBuffer: MAX_OUTPUT_BYTES };
  const { stdout, stderr } = await promisify(execFile)("bash", ["-euc", adapted], options);
  return stdout + stderr;
};
