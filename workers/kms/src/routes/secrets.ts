import { createRoute, z } from "@hono/zod-openapi";
import { isSecretPath, MAX_SECRET_PATH_CHARACTERS } from "#shared/contracts/secret-path.ts";
import { json, jsonBody, problems, SEGMENTS } from "#shared/http/openapi.ts";
import { problem } from "#shared/problem/problem.ts";
import type { ReadFailure } from "../domain/secrets.ts";
import { audit, entryOf, type KmsApp, NO_STORE, record } from "./frame.ts";

const MAX_VALUE_BYTES = 64 * 1024;

const secretPath = z
  .string()
  .refine(
    isSecretPath,
    `must be segments of letters, digits, ".", "_" and "-", joined by slashes, ${MAX_SECRET_PATH_CHARACTERS} characters at most`,
  );

/** A lone surrogate has no UTF-8: what is stored would not be what was sent. */
const secretValue = z
  .string()
  .refine((value) => value.isWellFormed(), "must be well-formed Unicode")
  .refine((value) => Buffer.byteLength(value) <= MAX_VALUE_BYTES, `must have at most ${MAX_VALUE_BYTES} bytes`);

const byPath = z.object({ path: secretPath });
const versionNumber = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

const writeSecret = createRoute({
  method: "put",
  path: `/secrets/{path${SEGMENTS}}`,
  tags: ["Secrets"],
  summary: "Store a new version of a secret; with `cas` only if it replaces that version (0: if there is none)",
  request: {
    params: byPath,
    body: jsonBody(z.strictObject({ value: secretValue, cas: z.int().min(0).optional() })),
  },
  responses: {
    201: json(z.object({ path: z.string(), version: z.int() }).openapi("SecretVersion"), "The new version"),
    ...problems("unauthenticated", "forbidden", "conflict", "invalid-input", "unavailable"),
  },
});

const readSecret = createRoute({
  method: "get",
  path: `/secrets/{path${SEGMENTS}}`,
  tags: ["Secrets"],
  summary: "Read a secret: its latest version, or the one asked for",
  request: { params: byPath, query: z.object({ version: versionNumber.optional() }) },
  responses: {
    200: json(
      z
        .object({ path: z.string(), version: z.int(), value: z.string(), createdAt: z.iso.datetime() })
        .openapi("Secret"),
      "The secret",
    ),
    ...problems("unauthenticated", "forbidden", "not-found", "invalid-input", "unavailable"),
  },
});

const UNREADABLE: Record<ReadFailure, string> = {
  unknown: "There is no such secret, or no such version of it.",
  deleted: "This version was deleted. POST …/undelete brings it back.",
  destroyed: "This version was destroyed, for good.",
};

export const addSecrets = (app: KmsApp): void => {
  app.openapi(writeSecret, async (context) => {
    const { path } = context.req.valid("param");
    const { value, cas } = context.req.valid("json");
    const event = { action: "secret.write", outcome: "success", target: path } as const;
    const written = await context.var.services.secrets.write(path, value, cas, await entryOf(context, event));
    if (!written.ok) {
      await audit(context, { ...event, outcome: "failure", reason: written.error });
      throw problem("conflict", { detail: "The secret is not at the version that cas names." });
    }
    record(context, event);
    return context.json({ path, version: written.value }, 201);
  });

  app.openapi(readSecret, async (context) => {
    const { path } = context.req.valid("param");
    const read = await context.var.services.secrets.read(path, context.req.valid("query").version);
    const event = { action: "secret.read", target: path } as const;
    if (!read.ok) {
      await audit(context, { ...event, outcome: "failure", reason: read.error });
      throw problem("not-found", { detail: UNREADABLE[read.error] });
    }
    await audit(context, { ...event, outcome: "success" });
    return context.json({ ...read.value, createdAt: read.value.createdAt.toISOString() }, 200, NO_STORE);
  });
};
