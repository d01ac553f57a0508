/** The configuration file of the stack's gateway, which `.env` names while a test needs one. */
import { appendFileSync, chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { compose, type StackPlace } from "./stack.ts";

export interface ConfigurationFile {
  write(text: string): void;
  /** What a job that reads the file printed, however it ended. */
  run(job: "settings" | "configure"): Promise<string>;
  /** Configures nothing any more. */
  remove(): Promise<void>;
}

/** A file with this text. */
export const createConfigurationFile = (place: StackPlace, text: string): ConfigurationFile => {
  const environmentFile = path.join(place.directory, ".env");
  const before = readFileSync(environmentFile, "utf8");
  const file = path.join(place.directory, "fountain.yaml");
  writeFileSync(file, text);
  chmodSync(file, 0o644);
  appendFileSync(environmentFile, `CONFIG_FILE=${file}\n`);
  const run = (job: string): Promise<string> =>
    compose(place, "run", "--rm", "--no-deps", "-T", job).catch(
      (error: { stdout?: string; stderr?: string }) => `${error.stdout ?? ""}${error.stderr ?? ""}`,
    );
  return {
    write: (changed) => writeFileSync(file, changed),
    run,
    remove: async () => {
      writeFileSync(file, "");
      await run("configure");
      writeFileSync(environmentFile, before);
    },
  };
};
