/** The Chromium of this machine, for tests that need a real browser. */
import { accessSync, constants } from "node:fs";
import path from "node:path";
import type { Browser } from "playwright-core";
import { chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];
/** Chromium's own sandbox needs rights that containers and root do not have. */
const ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage"];

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Where it is, or `undefined`; CHROMIUM names another one. */
export const findChromium = (): string | undefined => {
  const folders = ["/usr/bin", ...(process.env["PATH"] ?? "").split(path.delimiter)];
  const candidates = folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name)));
  return [process.env["CHROMIUM"] ?? "", ...candidates].find((file) => file !== "" && isExecutable(file));
};

export const startChromium = (executablePath: string, more: readonly string[] = []): Promise<Browser> =>
  chromium.launch({ executablePath, args: [...ARGUMENTS, ...more] });
