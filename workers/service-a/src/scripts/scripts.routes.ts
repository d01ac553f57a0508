import { z } from "@hono/zod-openapi";
import { text } from "#shared/contracts/input.ts";
import { EXAMPLE, pageOf } from "#shared/http/examples.ts";
import { created, locationOf } from "#shared/http/location.ts";
import { json, page, pageQuery } from "#shared/http/openapi.ts";
import { toPage } from "#shared/http/page.ts";
import { endpoint } from "../endpoint.ts";
import { authorOf } from "../http/author.ts";
import { idempotencyHeaders, writeOnce } from "../http/idempotency.ts";
import { instant, noSuchScript, numberAfter, pathNumber, SCREENPLAY_EXAMPLE } from "../http/schemas.ts";
import { readUpload } from "../http/upload.ts";
import type { Script } from "../model/script.ts";

const counts = z.object({ section: z.int(), character: z.int(), action: z.int(), spokenWord: z.int() });
const imported = z.object({ scriptId: z.int(), title: z.string(), counts });
const script = imported.extend({ createdAt: z.iso.datetime() }).openapi("Script");

const IMPORTED_EXAMPLE = {
  scriptId: 1,
  title: "The Lighthouse Keeper",
  counts: { section: 1, character: 1, action: 2, spokenWord: 1 },
};
const SCRIPT_EXAMPLE: z.input<typeof script> = { ...IMPORTED_EXAMPLE, createdAt: EXAMPLE.created };

const scriptJson = ({ createdAtMs, ...rest }: Script): z.infer<typeof script> => ({
  ...rest,
  createdAt: instant(createdAtMs),
});

/** Bounded by the body's size; what is in it is counted while it is read. */
const MAX_SCREENPLAY_BYTES = 8 * 1024 * 1024;
const screenplay = text({ max: MAX_SCREENPLAY_BYTES });

const SCREENPLAY_TYPES = ["text/plain", "text/x-fountain", "text/markdown", "application/octet-stream"] as const;

const importScript = endpoint("POST /scripts", {
  operationId: "serviceA.importScreenplay",
  tags: ["Scripts"],
  summary: "Import a screenplay in Fountain markup, all or nothing",
  description:
    "The body is Fountain markup, up to 8 MiB. It becomes a script with its sections, characters, actions and spoken " +
    "words, each an element of its own. `Content-Type` may be missing, and may name a charset: UTF-8 (the default), " +
    "UTF-16, UTF-16LE, UTF-16BE, ISO-8859-1 or windows-1252. A byte order mark takes precedence over it.",
  headers: idempotencyHeaders,
  body: {
    required: true,
    content: Object.fromEntries(
      SCREENPLAY_TYPES.map((type) => [type, { schema: screenplay, example: SCREENPLAY_EXAMPLE }]),
    ),
  },
  responses: {
    201: created(imported, "The script", IMPORTED_EXAMPLE),
  },
  handle: async (context, principal) => {
    const { services } = context.var;
    const { source, script: uploaded } = await readUpload(context);
    const { title, counts } = uploaded;
    const author = authorOf(principal, services.now());
    const scriptId = await writeOnce(context, principal, [source], (idempotencyKey) =>
      services.scripts.create(uploaded, author, idempotencyKey),
    );
    context.header("location", locationOf("service-a", "GET /scripts/{id}", scriptId));
    return context.json({ scriptId, title, counts }, 201);
  },
});

const list = endpoint("GET /scripts", {
  operationId: "serviceA.listScripts",
  tags: ["Scripts"],
  summary: "List the imported scripts, oldest first",
  query: pageQuery,
  responses: {
    200: json(page(script), "The scripts", pageOf(SCRIPT_EXAMPLE)),
  },
  handle: async (context) => {
    const { limit, after } = context.req.valid("query");
    const rows = await context.var.services.scripts.list({ after: numberAfter(after), limit: limit + 1 });
    const { items, next } = toPage(rows, limit, ({ scriptId }) => String(scriptId));
    return context.json({ items: items.map(scriptJson), next }, 200);
  },
});

const read = endpoint("GET /scripts/{id}", {
  operationId: "serviceA.getScript",
  tags: ["Scripts"],
  summary: "Read an imported script",
  params: z.object({ id: pathNumber }),
  responses: {
    200: json(script, "The script", SCRIPT_EXAMPLE),
  },
  errors: ["not-found"],
  handle: async (context) => {
    const found = await context.var.services.scripts.find(context.req.valid("param").id);
    if (!found) throw noSuchScript();
    return context.json(scriptJson(found), 200);
  },
});

export const scriptsEndpoints = [importScript, list, read];
