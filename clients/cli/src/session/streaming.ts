/** Responses that are read as they arrive. */
import { FountainError } from "../../../typescript/src/index.ts";

/** The body, piece by piece. Throws `FountainError` where the connection is lost before its end. */
export const chunksOf = async function* (
  call: string,
  { body, status }: Response,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    if (body !== null) yield* body;
  } catch (cause) {
    throw new FountainError({
      call,
      code: "network",
      status,
      title: "The connection was lost within the response",
      cause,
    });
  }
};
