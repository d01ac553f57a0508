/** How a response is shown. */
import { isJson } from "../document/examples.ts";
import { parseJson } from "../document/request.ts";
import { codeBlock } from "../elements/code.ts";
import { type Child, el } from "../elements/elements.ts";

export interface Answered {
  /** Method and address. */
  call: string;
  response: Response;
  tookMs: number;
  /** Of the body, in bytes. */
  size: number;
  /** The body; `undefined` where it is no text. */
  text: string | undefined;
}

const sizeWords = (bytes: number): string => (bytes < 1_024 ? `${bytes} B` : `${(bytes / 1_024).toFixed(1)} KiB`);

const fieldsOf = ({ headers }: Response): Element => {
  const fields = [...headers].map(([name, value]) => `${name}: ${value}`);
  return el(
    "details",
    {},
    el("summary", {}, `Header fields (${fields.length})`),
    el("pre", { tabindex: "0" }, fields.join("\n")),
  );
};

const bodyOf = ({ response, text, size }: Answered): Child => {
  if (size === 0) return el("p", { class: "soft" }, "Without a body.");
  const type = response.headers.get("content-type") ?? "";
  if (text === undefined) return el("p", { class: "soft" }, `${sizeWords(size)} of ${type}.`);
  const value = isJson(type) ? parseJson(text) : undefined;
  return value === undefined ? codeBlock("Body", text) : codeBlock("Body", JSON.stringify(value, null, 2), true);
};

export const responseView = (answered: Answered): Child[] => {
  const { call, response, tookMs, size } = answered;
  const { status, ok, headers, type } = response;
  if (type === "opaqueredirect")
    return [el("p", { class: "status" }, "A redirect, which browsers do not show to pages.")];
  return [
    el(
      "p",
      { class: `status ${ok ? "good" : "bad"}` },
      `${status} in ${tookMs} ms, ${sizeWords(size)} `,
      el("small", {}, `request ${headers.get("x-request-id")}`),
    ),
    el("p", { class: "address" }, call),
    fieldsOf(response),
    bodyOf(answered),
  ];
};
