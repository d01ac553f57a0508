/** The configuration file that the operator has named in `.env`, where the jobs of the Compose stack find it. */
import { type ConfigurationFile, readConfigurationFile } from "../configuration/file.ts";

const MOUNTED = "/fountain.yaml";
/** What is mounted where none is named. */
const NONE = "/dev/null";

/** What it says; `undefined`: there is none. */
export const mountedConfiguration = (): ConfigurationFile | undefined =>
  (process.env["CONFIG_FILE"] || NONE) === NONE ? undefined : readConfigurationFile(MOUNTED);
