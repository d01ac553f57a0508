/** The settings of the Compose stack itself, which docker-compose.yml reads from `.env`, beside those of the workers. */
import { z } from "zod";
import { describeFault } from "../../shared/settings/describe.ts";
import {
  faultsIn,
  listed,
  secretSetting,
  setting,
  settingNames,
  settingsSchema,
  wholeNumber,
} from "../../shared/settings/settings.ts";
import { MAX_PROCESSES } from "../workerd/processes.ts";
import { processes } from "./processes.ts";
import type { Environment } from "./workers.ts";

/** As many as the network `app` has addresses for. */
const MAX_REPLICAS = 4;
const PROFILES = ["typesense", "observability", "mail"];
const DOMAIN = /^(?=.{1,253}$)(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)*[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/;

const text = (allowed: string, pattern: RegExp, fallback = "") =>
  setting(allowed, z.string().regex(pattern).default(fallback));

const isOctet = (part: string): boolean => Number(part) <= 255;
const isPort = (value: string): boolean => {
  const port = Number(/(\d+)$/.exec(value)?.[1]);
  return port >= 1 && port <= 65_535;
};

const publishedPort = setting(
  "a port from 1 to 65535, or an address with one, such as 127.0.0.1:8443",
  z
    .string()
    .regex(/^(?:(?:\d{1,3}\.){3}\d{1,3}:|\[[\da-f:]+\]:)?\d{1,5}$/i)
    .refine(isPort)
    .optional(),
);

export const composeSchema = settingsSchema(
  {
    DOMAIN: text("the host name that callers use, in lower case, such as fountain.example.com", DOMAIN, "localhost"),
    HTTP_PORT: publishedPort,
    HTTPS_PORT: publishedPort,
    MAIL_PORT: wholeNumber({ min: 1, max: 65_535, fallback: 8025 }),
    SUBNET: setting(
      "the first two numbers of a private network's addresses, such as 10.213",
      z
        .string()
        .regex(/^\d{1,3}\.\d{1,3}$/)
        .refine((value) => value.split(".").every(isOctet))
        .default("10.213"),
    ),
    WORKERD_REPLICAS: wholeNumber({ min: 1, max: MAX_REPLICAS, fallback: 1 }),
    WORKERS: processes,
    COMPOSE_PROJECT_NAME: text(
      "lower-case letters, digits, - and _, beginning with a letter or digit",
      /^[a-z\d][a-z\d_-]*$/,
    ),
    COMPOSE_PROFILES: setting(
      `some of ${PROFILES.join(", ")}, with commas between, or to nothing`,
      z
        .string()
        .transform(listed)
        .refine((profiles) => profiles.every((profile) => PROFILES.includes(profile)))
        .default([]),
    ),
    // Between the quotes of Alertmanager's configuration.
    ALERT_EMAIL: text("an email address, such as ops@example.com", /^[^\s@"'\\]+@[^\s@"'\\]+$/),
    ALERT_WEBHOOK: secretSetting(
      "a URL that begins with https:// or http://",
      z
        .string()
        .regex(/^https?:\/\/[^\s"'\\]+$/)
        .optional(),
    ),
    FOUNTAIN_VERSION: text("the tag of an image, such as 0.1.0", /^\w[\w.-]{0,127}$/),
    CONFIG_FILE: setting("a file", z.string().optional()),
    SECRETS_DIR: setting("a folder", z.string().optional()),
    ENV_FILE: setting("a file", z.string().optional()),
    DRAIN_SECONDS: wholeNumber({ min: 0, max: 60, fallback: 6 }),
    SMTP_HOST: setting("", z.string().optional()),
  },
  [
    {
      settings: ["WORKERS", "WORKERD_REPLICAS"],
      conflict: ({ WORKERS, WORKERD_REPLICAS }) =>
        Number(WORKERS) * WORKERD_REPLICAS > MAX_PROCESSES
          ? ["WORKERS", `is ${WORKERS}, in each of ${WORKERD_REPLICAS} replicas: libSQL supports 4 in all`]
          : undefined,
    },
    {
      settings: ["ALERT_EMAIL", "SMTP_HOST"],
      conflict: ({ ALERT_EMAIL, SMTP_HOST }) =>
        ALERT_EMAIL !== "" && SMTP_HOST === undefined
          ? ["ALERT_EMAIL", "is set without a mail server: set SMTP_HOST and MAIL_FROM too"]
          : undefined,
    },
  ],
);

export const COMPOSE_VARIABLES: readonly string[] = settingNames(composeSchema);

/** One line for each of them that is not usable. */
export const composeFaults = (environment: Environment): string[] => {
  const parsed = composeSchema.safeParse(environment);
  if (parsed.success) return [];
  return faultsIn(composeSchema, parsed.error.issues).map((fault) => describeFault(fault, environment[fault.setting]));
};
