import { z } from "@hono/zod-openapi";
import { text } from "#shared/contracts/input.ts";
import { EXAMPLE, pageOf } from "#shared/http/examples.ts";
import { created, locationOf } from "#shared/http/location.ts";
import { countParameter, json, jsonBody, page, pageQuery } from "#shared/http/openapi.ts";
import { decodeNumber, toPage } from "#shared/http/page.ts";
import { problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";
import { MAX_TEXT_LENGTH, type Note } from "./notes.ts";

const note = z
  .object({ id: z.int(), text: z.string(), author: z.string(), createdAt: z.iso.datetime() })
  .openapi("Note");

const noteJson = ({ createdAtMs, ...rest }: Note): z.infer<typeof note> => ({
  ...rest,
  createdAt: new Date(createdAtMs).toISOString(),
});

const NOTE_EXAMPLE = { id: 1, text: "Buy a lamp.", author: EXAMPLE.userId, createdAt: EXAMPLE.today };

const createNote = endpoint("POST /notes", {
  operationId: "newService.createNote",
  summary: "Write a note",
  body: jsonBody(z.strictObject({ text: text({ min: 1, max: MAX_TEXT_LENGTH }) }), { text: "Buy a lamp." }),
  responses: { 201: created(note, "The note", NOTE_EXAMPLE) },
  handle: async (context, principal) => {
    const { notes, now } = context.var.services;
    const written = { ...context.req.valid("json"), author: principal.subject, createdAtMs: now() };
    const id = await notes.create(written);
    context.header("location", locationOf("new-service", "GET /notes/{id}", id));
    return context.json(noteJson({ id, ...written }), 201);
  },
});

const listNotes = endpoint("GET /notes", {
  operationId: "newService.listNotes",
  summary: "List all notes, oldest first",
  query: pageQuery,
  responses: { 200: json(page(note), "The notes", pageOf(NOTE_EXAMPLE)) },
  handle: async (context) => {
    const { limit, after } = context.req.valid("query");
    const rows = await context.var.services.notes.list({ after: decodeNumber(after) ?? 0, limit: limit + 1 });
    const { items, next } = toPage(rows, limit, ({ id }) => String(id));
    return context.json({ items: items.map(noteJson), next }, 200);
  },
});

const readNote = endpoint("GET /notes/{id}", {
  operationId: "newService.getNote",
  summary: "Read a note",
  params: z.object({ id: countParameter({ min: 1, max: Number.MAX_SAFE_INTEGER }) }),
  responses: { 200: json(note, "The note", NOTE_EXAMPLE) },
  errors: ["not-found"],
  handle: async (context) => {
    const found = await context.var.services.notes.find(context.req.valid("param").id);
    if (!found) throw problem("not-found", { detail: "No note has this id." });
    return context.json(noteJson(found), 200);
  },
});

export const notesEndpoints = [createNote, listNotes, readNote];
