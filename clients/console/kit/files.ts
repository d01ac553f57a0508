/** Files that a person takes with them. */
import { failedResponse } from "../../typescript/src/error.ts";
import { fetchPath } from "./calls.ts";

/** The response with a representation that has no type of its own, to be read as it comes. Throws `FountainError`. */
export const fetchAs = async (path: string, accept: string, signal?: AbortSignal): Promise<Response> => {
  const response = await fetchPath(path, { headers: { accept }, ...(signal && { signal }) });
  if (!response.ok) throw failedResponse(`GET ${path}`, response, await response.text());
  return response;
};

/** So long the browser may take to write it. */
const KEPT_MS = 60_000;

/** Has the browser save a file. */
export const saveFile = (name: string, content: Blob): void => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
};
