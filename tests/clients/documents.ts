/** What the clients' tests search: a few elements of two scripts. */
import type { Fountain } from "../support/harness.ts";

const LINES = [
  ["section", 1, "The harbour at night"],
  ["action", 1, "The lighthouse keeper walks along the harbour."],
  ["action", 1, "A light goes out in the lighthouse."],
  ["spokenWord", 1, "Who put out the light?"],
  ["spokenWord", 1, "Not me. The harbour is <b>empty</b> & dark."],
  ["character", 2, "KEEPER"],
  ["action", 2, "The lighthouse of another story."],
] as const;

export const ELEMENTS = LINES.map(([element_type, script_id, text], index) => ({
  id: `${element_type}:${index + 1}`,
  element_type,
  element_id: index + 1,
  sequence_number: index + 1,
  version_number: 1,
  comment: "",
  text,
  script_id,
  service_name: "service-a",
  updated_at: 1_700_000_000,
}));

/** Stores documents as a service would. */
export const store = async (fountain: Fountain, headers: Record<string, string>, documents: readonly object[]) => {
  const response = await fountain.fetch("/search/documents/sync", {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(documents.map((document) => ({ operation: "create", document }))),
  });
  if (!response.ok) throw new Error(await response.text());
};
