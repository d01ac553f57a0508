/** The settings of `npm start` itself, beside those of the workers. */
import { readFileSync, statSync } from "node:fs";
import { z } from "zod";
import { describeFault } from "../../shared/settings/describe.ts";
import {
  allowedIn,
  faultsIn,
  secretSetting,
  setting,
  settingNames,
  settingsSchema,
} from "../../shared/settings/settings.ts";
import { isStrongSecretKey } from "../../workers/kms/src/crypto/root-key.ts";
import { envSchema as kmsSchema } from "../../workers/kms/src/env.ts";
import { parseNodeUrls } from "../../workers/search/src/typesense/node-urls.ts";
import { DEFAULT_PORT } from "../local/settings.ts";
import { canShareAPort, MAX_PROCESSES } from "../workerd/processes.ts";
import { processes } from "./processes.ts";
import type { Environment } from "./workers.ts";

const MAX_PORT = 65_535;

const port = setting(
  `a whole number from 1 to ${MAX_PORT}`,
  z
    .string()
    .regex(/^\d{1,5}$/)
    .refine((text) => Number(text) >= 1 && Number(text) <= MAX_PORT)
    .optional(),
);

const isCertificateFile = (file: string): boolean => {
  try {
    return /^-----BEGIN (TRUSTED )?CERTIFICATE-----$/m.test(readFileSync(file, "latin1").replaceAll("\r", ""));
  } catch {
    return false;
  }
};

const isFolder = (folder: string): boolean => statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** How what the workers log is shown. */
const LOG_FORMATS = ["json", "pretty"] as const;

export const localSchema = settingsSchema(
  {
    PORT: port,
    METRICS_PORT: port,
    WORKERS: processes,
    FOUNTAIN_HOME: setting("a folder whose path has at most 90 characters", z.string().optional()),
    ADMIN_USERNAME: setting("a username", z.string().optional()),
    ADMIN_PASSWORD: secretSetting("a password of at least 12 characters that is hard to guess", z.string().optional()),
    SECRET_KEY: secretSetting(
      allowedIn(kmsSchema, "SECRET_KEY") ?? "",
      z.string().refine(isStrongSecretKey).optional(),
    ),
    KMS_SECRET_KEY: secretSetting("", z.string().optional()),
    LOG_FORMAT: setting("json or pretty", z.enum(LOG_FORMATS).optional()),
    SSL_CERT_FILE: setting(
      "a file that can be read and has certificates in PEM",
      z.string().refine(isCertificateFile).optional(),
    ),
    SSL_CERT_DIR: setting(
      "folders with colons between, of which one exists",
      z
        .string()
        .refine((folders) => folders.split(":").some(isFolder))
        .optional(),
    ),
    DATABASE_WRITERS: setting("", z.string().optional()),
    TYPESENSE_NODES: setting("", z.string().optional()),
    TYPESENSE_API_KEY: secretSetting("", z.string().optional()),
  },
  [
    {
      settings: ["PORT", "METRICS_PORT"],
      conflict: ({ PORT, METRICS_PORT }) =>
        METRICS_PORT !== undefined && METRICS_PORT === (PORT ?? String(DEFAULT_PORT))
          ? ["METRICS_PORT", `is the same as PORT, ${METRICS_PORT}: set it to another port`]
          : undefined,
    },
    {
      settings: ["WORKERS"],
      conflict: ({ WORKERS }) =>
        Number(WORKERS) > 1 && !canShareAPort
          ? ["WORKERS", `is ${WORKERS}, and processes share a port on Linux only: set it to 1`]
          : undefined,
    },
    {
      settings: ["WORKERS", "DATABASE_WRITERS"],
      conflict: ({ WORKERS, DATABASE_WRITERS }) =>
        Number(WORKERS) * Number(DATABASE_WRITERS) > MAX_PROCESSES
          ? ["WORKERS", `is ${WORKERS}, with ${DATABASE_WRITERS} DATABASE_WRITERS in each: libSQL supports 4 in all`]
          : undefined,
    },
    {
      settings: ["SECRET_KEY", "KMS_SECRET_KEY"],
      conflict: ({ SECRET_KEY, KMS_SECRET_KEY }) =>
        SECRET_KEY && KMS_SECRET_KEY && SECRET_KEY !== KMS_SECRET_KEY
          ? ["SECRET_KEY", "is not KMS_SECRET_KEY, and both name the same setting: unset one of them"]
          : undefined,
    },
    {
      settings: ["TYPESENSE_NODES", "TYPESENSE_API_KEY"],
      conflict: ({ TYPESENSE_NODES, TYPESENSE_API_KEY }) =>
        TYPESENSE_NODES && parseNodeUrls(TYPESENSE_NODES).ok && !TYPESENSE_API_KEY
          ? ["TYPESENSE_API_KEY", "is missing: TYPESENSE_NODES is set, so set it to the cluster's admin key"]
          : undefined,
    },
  ],
);

export const LOCAL_VARIABLES: readonly string[] = settingNames(localSchema);

/** One line for each of them that is not usable. */
export const localFaults = (environment: Environment): string[] => {
  const parsed = localSchema.safeParse(environment);
  if (parsed.success) return [];
  return faultsIn(localSchema, parsed.error.issues).map((fault) => describeFault(fault, environment[fault.setting]));
};
