/** The Chromium of this machine, for tests that need a real browser. */
import { accessSync, constants } from "node:fs";
import path from "node:path";
import type { Browser, CDPSession, Page } from "playwright-core";
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

/** An authenticator that Chromium plays for a page (CDP, WebAuthn domain): built in, and sure of its user at once. */
export const addAuthenticator = async (page: Page): Promise<{ devices: CDPSession; authenticatorId: string }> => {
  const devices = await page.context().newCDPSession(page);
  await devices.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  } as const;
  const { authenticatorId } = await devices.send("WebAuthn.addVirtualAuthenticator", { options });
  return { devices, authenticatorId };
};
