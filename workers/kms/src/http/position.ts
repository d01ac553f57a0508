/** The position in a list that is ordered by creation: in its cursor, the instant and the id. */
import { decodeCursor, invalidCursor } from "#shared/http/page.ts";

export interface Position {
  createdAt: Date;
  id: string;
}

/** What the cursor after this item holds. */
export const positionOf = ({ createdAt, id }: Position): string => `${createdAt.getTime()}:${id}`;

/** The position in a cursor; `undefined` when the caller starts at the beginning. A cursor of no sense gives 422. */
export const parsePosition = (after: string | undefined): Position | undefined => {
  const position = decodeCursor(after);
  if (position === undefined) return undefined;
  const [, createdAt, id] = /^(\d{1,15}):([\w-]+)$/.exec(position) ?? [];
  if (createdAt === undefined || id === undefined) throw invalidCursor();
  return { createdAt: new Date(Number(createdAt)), id };
};
