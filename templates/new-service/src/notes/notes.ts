/** The rules of notes: short texts that expire after thirty days. */

export const MAX_TEXT_LENGTH = 1_000;
const KEPT_MS = 30 * 86_400_000;

export interface Note {
  id: number;
  text: string;
  /** The subject that wrote it. */
  author: string;
  createdAtMs: number;
}

export interface NoteStore {
  /** Returns the id of the new note. */
  create(note: Omit<Note, "id">): Promise<number>;
  find(id: number): Promise<Note | undefined>;
  /** Ordered by id, starting after the given one. */
  list(query: { after: number; limit: number }): Promise<Note[]>;
  /** Deletes the notes that were written until then. */
  deleteUntil(untilMs: number): Promise<void>;
}

/** Deletes the notes that have expired. */
export const deleteExpired = (notes: Pick<NoteStore, "deleteUntil">, nowMs: number): Promise<void> =>
  notes.deleteUntil(nowMs - KEPT_MS);
