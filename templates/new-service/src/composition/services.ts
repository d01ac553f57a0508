import type { Maintained } from "#shared/http/worker.ts";
import type { BaseServices } from "#shared/http/worker-env.ts";
import type { NoteStore } from "../notes/notes.ts";

/** The dependencies of the routes of new-service. */
export interface NewServiceServices extends BaseServices, Maintained {
  notes: NoteStore;
}
