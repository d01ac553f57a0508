/** What the operator reads once Fountain is ready: where everything is, and how the administrator gets in. */
import path from "node:path";
import type { Access, Administrator, FirstLogin } from "../administrator.ts";
import { WORKERS_LOG } from "../log-file.ts";
import type { Mailbox } from "../mailbox/mailbox.ts";
import { DEFAULT_PORT, type Settings } from "../settings.ts";
import type { Paint } from "./colours.ts";
import { clockTime } from "./log-view.ts";

export interface Ready extends Access {
  settings: Pick<Settings, "port" | "publicUrl" | "adminUsername" | "adminPassword" | "home">;
  mailbox: Pick<Mailbox, "url" | "folder"> | undefined;
}

const demoOn = (port: number, options = ""): string =>
  `${port === DEFAULT_PORT ? "" : `PORT=${port} `}npm run demo${options}`;

const readyLine = (port: number): string => `Fountain is ready at http://localhost:${port}`;

const exportLine = (password: string): string => `  export ADMIN_PASSWORD='${password}'`;

const nextLines = ({ port, adminUsername }: Ready["settings"]): readonly string[] => {
  const url = `http://localhost:${port}`;
  const body = `{\\"username\\":\\"${adminUsername}\\",\\"password\\":\\"$ADMIN_PASSWORD\\"}`;
  return [
    "Try next, in another terminal:",
    `  ${demoOn(port)}`,
    `  curl -s ${url}/kms/login -H 'content-type: application/json' -d "${body}"`,
    `  curl -s ${url}/openapi.json    (or open ${url}/docs in a browser)`,
  ];
};

const mailboxLines = (mailbox: Ready["mailbox"]): readonly string[] =>
  mailbox === undefined
    ? []
    : [`No mail server is set, so mails are kept in ${mailbox.folder}. Read them at`, `  ${mailbox.url}`];

const createdLines = ({ username, generatedPassword }: Administrator): readonly string[] =>
  generatedPassword === undefined
    ? [`Administrator "${username}" was created.`]
    : [
        `Administrator "${username}" was created. Keep this password: it is shown only now.`,
        exportLine(generatedPassword),
      ];

const administratorLines = ({ administrator, settings: { adminPassword } }: Ready): readonly string[] => {
  if (administrator) return createdLines(administrator);
  return adminPassword === undefined ? [] : ["Users exist already, so ADMIN_PASSWORD has changed nothing."];
};

/** Where stdout is no terminal. */
export const plainGreeting = (ready: Ready): readonly string[] => [
  ...administratorLines(ready),
  readyLine(ready.settings.port),
  ...nextLines(ready.settings),
  ...mailboxLines(ready.mailbox),
];

const placesOf = ({ settings: { publicUrl, home }, mailbox }: Ready): readonly (readonly [string, string])[] => {
  const at = publicUrl.replace(/\/$/, "");
  return [
    ["Console", `${at}/console`],
    ["Account", `${at}/account`],
    ["API", `${at}/docs`],
    ...(mailbox ? ([["Mail", mailbox.url]] as const) : []),
    ["Log", path.join(home, "logs", WORKERS_LOG)],
  ];
};

/** Of the password that the first start made up, for who works without a browser. */
const passwordLines = ({ generatedPassword }: Administrator): readonly string[] =>
  generatedPassword === undefined
    ? []
    : ["Or with this password, until you choose another; it is shown only now:", exportLine(generatedPassword), ""];

const firstLoginLines = ({ username, url, expiresAt }: FirstLogin, paint: Paint): readonly string[] => [
  `Log in for the first time, as "${username}". This link works once, until ${clockTime(expiresAt).slice(0, "00:00".length)}:`,
  `  ${paint(url, "bold", "cyan")}`,
  "",
];

const LABEL_CHARACTERS = 10;

/** On a terminal. */
export const terminalGreeting = (ready: Ready, paint: Paint): readonly string[] => {
  const { settings, administrator, firstLogin } = ready;
  const label = (text: string): string => paint(text.padEnd(LABEL_CHARACTERS), "dim");
  return [
    "",
    paint(readyLine(settings.port), "bold", "green"),
    "",
    ...placesOf(ready).map(([name, where]) => `  ${label(name)}${where}`),
    "",
    ...(firstLogin ? firstLoginLines(firstLogin, paint) : []),
    ...(administrator ? passwordLines(administrator) : administratorLines(ready)),
    `Something to look at, from another terminal: ${paint(demoOn(settings.port, " -- --seed"), "bold")}`,
    "Ctrl-C stops Fountain.",
    "",
  ];
};
