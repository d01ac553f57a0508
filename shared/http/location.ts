/** Where a resource is, as callers of the gateway know it: what `Location` says of one that was created. */
import { z } from "@hono/zod-openapi";
import type { WorkerName } from "../contracts/workers.ts";
import type { RouteKey } from "../policy/routes.ts";
import { json } from "./openapi.ts";

const PARAMETER = /\{\w+\+?\}/g;

/** The path of the resource that this row of the route table reads. `parts`: what its parameters stand for. */
export const locationOf = <Worker extends WorkerName>(
  worker: Worker,
  key: RouteKey<Worker> & `GET ${string}`,
  ...parts: readonly (string | number)[]
): string => {
  const rest = [...parts];
  const path = key.slice("GET ".length).replace(PARAMETER, () => {
    const segments = String(rest.shift() ?? "").split("/");
    return segments.map(encodeURIComponent).join("/");
  });
  return worker === "gateway" ? path : `/${worker}${path}`;
};

const location = z.string().openapi({ description: "The path of the resource", format: "uri-reference" });

/** The JSON response that says what was created, and where it is. */
export const created = <Schema extends z.ZodType>(schema: Schema, description: string, example?: z.input<Schema>) => ({
  ...json(schema, description, example),
  headers: z.object({ location }),
});

/** The same, where the resource has an entity tag. */
export const createdWithTag = <Schema extends z.ZodType>(
  schema: Schema,
  description: string,
  example?: z.input<Schema>,
) => ({ ...json(schema, description, example), headers: z.object({ location, etag: z.string() }) });
