/** Once per run of the Compose suite: builds the images, starts a stack, and removes it at the end, however that comes. */
import { setTimeout as sleep } from "node:timers/promises";
import type { TestProject } from "vitest/node";
import { compose, createPlace, PROBED_AFTER_MS, removeStack, rootCertificate, type StackPlace } from "./stack.ts";

declare module "vitest" {
  interface ProvidedContext {
    stack: StackPlace;
    /** The services of the profile `observability` whose images could be had. */
    watchers: readonly string[];
    /** Whether the image of the profile `mail` could be had. */
    hasMail: boolean;
    rootCertificate: string;
  }
}

const SERVICES = ["caddy", "workerd", "libsql", "settings", "migrate", "configure", "scheduler"];

const timed = async <Value>(what: string, work: Promise<Value>): Promise<Value> => {
  const startedAtMs = Date.now();
  const value = await work;
  console.log(`${what} took ${((Date.now() - startedAtMs) / 1000).toFixed(1)} s.`);
  return value;
};

export default async (project: TestProject): Promise<() => Promise<void>> => {
  const directory = process.env["FOUNTAIN_COMPOSE_TEST"];
  if (directory === undefined) throw new Error("run this by `npm run test:compose`, which cleans up after it");
  const place = await createPlace(directory);
  const watchers = (process.env["FOUNTAIN_COMPOSE_WATCHERS"] ?? "").split(" ").filter((name) => name !== "");
  const remove = () => removeStack(place);
  try {
    await timed("Building the images", compose(place, "build", ...SERVICES.filter((name) => name !== "libsql")));
    await timed("Starting the stack", compose(place, "up", "-d"));
    await sleep(PROBED_AFTER_MS);
    project.provide("stack", place);
    project.provide("watchers", watchers);
    project.provide("hasMail", Boolean(process.env["FOUNTAIN_COMPOSE_MAIL"]));
    project.provide("rootCertificate", await rootCertificate(place));
  } catch (error) {
    console.error(await compose(place, "logs", "--tail", "40").catch(() => "There are no logs."));
    await remove();
    throw error;
  }
  return remove;
};
