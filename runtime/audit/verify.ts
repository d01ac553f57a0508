/** `npm run audit:verify -- FILE`: goes over an exported audit trail, without Fountain. Exit code 1: it is not as written. */
import { verifyFiles } from "./files.ts";

try {
  process.exitCode = await verifyFiles(process.argv.slice(2), process.env, console.log);
} catch (error) {
  console.error(`audit:verify: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
}
