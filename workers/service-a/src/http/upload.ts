/** The screenplay in the body of an upload, or the problem that says what is wrong with it. */
import type { Context } from "hono";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import { inSlices } from "#shared/lang/steps.ts";
import { problem } from "#shared/problem/problem.ts";
import type { ServiceAServices } from "../composition/services.ts";
import { type NewScript, readScript } from "../model/script.ts";
import { CHARSETS, type CharsetFailure, decodeText } from "../screenplay/charset.ts";
import { MAX_TEXT_LENGTH } from "../screenplay/element.ts";
import { MAX_SCREENPLAY_ELEMENTS, MAX_SCREENPLAY_LINES, type ParseFailure } from "../screenplay/parse.ts";

const detailOf = (failure: ParseFailure | Exclude<CharsetFailure, { kind: "unknown-charset" }>): string => {
  switch (failure.kind) {
    case "empty":
      return "The body has no screenplay elements.";
    case "nul":
      return `Line ${failure.line} contains a NUL character, which no text has. If the text is UTF-16, name that charset in Content-Type.`;
    case "too-many-elements":
      return `The screenplay has more than ${MAX_SCREENPLAY_ELEMENTS} elements.`;
    case "too-many-lines":
      return `The screenplay has more than ${MAX_SCREENPLAY_LINES} lines that are not blank.`;
    case "title-page-too-long":
      return `The title page has more than ${MAX_TEXT_LENGTH} characters.`;
    case "element-too-long":
      return `The element at line ${failure.line}, or the boneyard before it, has more than ${MAX_TEXT_LENGTH} characters.`;
    case "no-byte-order":
      return "The text has no byte order mark: name utf-16le or utf-16be as the charset in Content-Type.";
    case "malformed":
      return `Line ${failure.line} contains bytes that are not ${failure.charset}. Name the charset of the text in Content-Type: ${CHARSETS}.`;
  }
};

const refused = (failure: Parameters<typeof detailOf>[0]) => {
  const detail = detailOf(failure);
  return problem("invalid-input", { detail: `Nothing was imported. ${detail}`, errors: [{ pointer: "#", detail }] });
};

/** The script that the body holds, and its text. Throws 415 for an unknown charset, and 422 for a text that is none. */
export const readUpload = async ({
  req,
}: Context<WorkerEnv<ServiceAServices>>): Promise<{ source: string; script: NewScript }> => {
  const bytes = new Uint8Array(await req.arrayBuffer());
  const source = await inSlices(decodeText(bytes, req.header("content-type") ?? ""));
  if (!source.ok) {
    if (source.error.kind !== "unknown-charset") throw refused(source.error);
    throw problem("unsupported-media-type", { detail: `Send the body in one of these charsets: ${CHARSETS}.` });
  }
  const script = await inSlices(readScript(source.value));
  if (!script.ok) throw refused(script.error);
  return { source: source.value, script: script.value };
};
