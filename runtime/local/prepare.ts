/**
 * The process behind preparation.ts: checks the settings and the configuration file, then takes its order from standard input
 * and carries it out.
 */
import { stdin, stdout } from "node:process";
import { text } from "node:stream/consumers";
import { checkLocalSettings } from "../settings/check.ts";
import { OperatorError, reasonOf } from "./operator-error.ts";
import type { PreparationOutcome, StartVerdict } from "./preparation.ts";

const describeFailure = (error: unknown): string =>
  error instanceof OperatorError ? error.message : `cannot start: ${reasonOf(error)}`;

const writeLine = (result: StartVerdict | PreparationOutcome): Promise<void> =>
  new Promise((resolve) => stdout.write(`${JSON.stringify(result)}\n`, () => resolve()));

const [, , root = ".", configurationFile] = process.argv;

const check = async (): Promise<StartVerdict> => {
  const verdict = await checkLocalSettings(root, process.env);
  if (configurationFile === undefined) return verdict;
  const { readConfigurationFile } = await import("../configuration/file.ts");
  const { content, faults } = readConfigurationFile(configurationFile);
  return { ...verdict, faults: [...verdict.faults, ...faults], configuration: content };
};

const verdict = await check().catch((error: unknown) => ({ faults: [describeFailure(error)], warnings: [] }));
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
