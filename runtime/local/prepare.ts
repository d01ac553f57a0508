/** The process behind preparation.ts: checks the settings, then takes its order from standard input and carries it out. */
import { stdin, stdout } from "node:process";
import { text } from "node:stream/consumers";
import { checkLocalSettings } from "../settings/check.ts";
import { OperatorError, reasonOf } from "./operator-error.ts";
import type { PreparationOutcome, SettingsVerdict } from "./preparation.ts";

const describeFailure = (error: unknown): string =>
  error instanceof OperatorError ? error.message : `cannot start: ${reasonOf(error)}`;

const writeLine = (result: SettingsVerdict | PreparationOutcome): Promise<void> =>
  new Promise((resolve) => stdout.write(`${JSON.stringify(result)}\n`, () => resolve()));

const root = process.argv[2] ?? ".";
const verdict = await checkLocalSettings(root, process.env).catch((error: unknown) => ({
  faults: [describeFailure(error)],
  warnings: [],
}));
await writeLine(verdict);
if (verdict.faults.length === 0) {
  // Loaded while the databases start.
  const { prepare } = await import("../workerd/prepare.ts");
  const order = await text(stdin);
  await writeLine(
    await prepare(root, JSON.parse(order)).catch((error: unknown) => ({ failure: describeFailure(error) })),
  );
}
process.exit();
