/** What a new worker may be called, and the forms of its name in code, settings and files. */
import { existsSync } from "node:fs";
import path from "node:path";
import { SCOPES } from "../../shared/contracts/rights.ts";
import { WORKERS } from "../../shared/contracts/workers.ts";
import { ROUTES } from "../../shared/policy/routes.ts";
import { OperatorError } from "../local/operator-error.ts";
import { OUTSIDE_SERVICES, readTopology } from "../workerd/topology.ts";
import { INTERNAL_WORKER } from "../workerd/workerd.ts";

/** It is the first segment of a path, and part of a Cloudflare worker's name, which has at most 63 characters. */
const MAX_NAME_CHARACTERS = 30;
const KEBAB_CASE = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/** Caddy keeps these paths to itself, sqld has a database of the name `default`, and every object has a `constructor`. */
const OTHER_RESERVED = ["metrics", "cron", "administrator", "drain", "debug", "default", "constructor"];

/** The first segments of the gateway's own paths. */
const gatewayPaths = (): string[] =>
  Object.keys(ROUTES.gateway).flatMap((row) => row.split(" ")[1]?.split("/")[1] ?? []);

const isReserved = (name: string): boolean =>
  [...OUTSIDE_SERVICES, INTERNAL_WORKER, ...OTHER_RESERVED, ...gatewayPaths()].includes(name);

/** `lighting-cues` as it is written in each place. */
export interface Names {
  kebab: string;
  /** `lighting_cues` */
  snake: string;
  /** `LIGHTING_CUES` */
  constant: string;
  /** `lightingCues` */
  camel: string;
  /** `LightingCues` */
  pascal: string;
}

export const namesOf = (kebab: string): Names => {
  const pascal = kebab
    .split("-")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("");
  const snake = kebab.replaceAll("-", "_");
  return { kebab, snake, constant: snake.toUpperCase(), camel: kebab.charAt(0) + pascal.slice(1), pascal };
};

export const scopesOf = ({ kebab }: Names): string[] => [`${kebab}:read`, `${kebab}:write`];

/** Whether another binding of the gateway has the name. */
const isBound = (root: string, { constant }: Names): boolean =>
  readTopology(root).workers.some(
    ({ worker, services }) => worker === "gateway" && services.some(({ binding }) => binding === constant),
  );

/** Returns the forms of a name that a new worker may have. Throws {@link OperatorError}. */
export const parseName = (root: string, name: string | undefined): Names => {
  if (name === undefined || name === "")
    throw new OperatorError("the name is missing: run `npm run new-service -- NAME`, for example with lighting-cues");
  if (!KEBAB_CASE.test(name) || name.length > MAX_NAME_CHARACTERS)
    throw new OperatorError(
      `the name ${JSON.stringify(name)} is not valid: use at most ${MAX_NAME_CHARACTERS} lower-case letters, digits and single hyphens, beginning with a letter, for example lighting-cues`,
    );
  const names = namesOf(name);
  if (WORKERS.some((worker) => worker === name) || existsSync(path.join(root, "workers", name)))
    throw new OperatorError(`the worker ${name} already exists: choose another name`);
  if (isReserved(name)) throw new OperatorError(`the name ${name} is used by Fountain itself: choose another name`);
  const taken = scopesOf(names).find((scope) => SCOPES.some((known) => known === scope));
  if (taken !== undefined) throw new OperatorError(`the scope ${taken} already exists: choose another name`);
  if (isBound(root, names))
    throw new OperatorError(`the gateway already has a binding ${names.constant}: choose another name`);
  return names;
};
