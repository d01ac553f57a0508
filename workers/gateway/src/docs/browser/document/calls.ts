/** The operations of the document as the page lists them: by worker, and by topic. */
import { type ApiDocument, listIn, membersIn, type Operation, type Tag, textIn } from "./openapi.ts";
import { inOrder, topicOf } from "./topics.ts";

export interface Call {
  /** In capitals. */
  method: string;
  path: string;
  operation: Operation;
  /** What the address of the page ends with to show it; no other call has it. */
  anchor: string;
  /** In a few words. */
  label: string;
  /** What the search looks through, in lower case. */
  text: string;
}

export interface Topic {
  name: string;
  calls: Call[];
}

export interface Worker extends Tag {
  topics: Topic[];
}

const LONGEST_LABEL = 34;

/** `createUser` in words. */
const inWords = (operationId: string): string => {
  const words = operationId
    .slice(operationId.lastIndexOf(".") + 1)
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

const labelOf = (path: string, summary: string, operationId: string): string => {
  if (summary !== "" && summary.length <= LONGEST_LABEL) return summary;
  return operationId === "" ? path : inWords(operationId);
};

const callOf = (method: string, path: string, operation: Operation, taken: Set<string>): Call => {
  const id = textIn(operation.operationId);
  const summary = textIn(operation.summary);
  const key = `${method} ${path}`;
  const anchor = id === "" || taken.has(id) ? key : id;
  taken.add(anchor);
  const text = `${key} ${summary} ${id}`.toLowerCase();
  return { method, path, operation, anchor, label: labelOf(path, summary, id), text };
};

/** By topic, each in the order of the document. */
const topicsOf = (worker: string, calls: readonly Call[]): Topic[] => {
  const topics = Map.groupBy(calls, ({ path, operation }) => textIn(operation["x-topic"]) || topicOf(worker, path));
  return inOrder(worker, topics.keys()).map((name) => ({ name, calls: topics.get(name) ?? [] }));
};

/** Every operation, by worker. */
export const workersOf = ({ tags, paths }: ApiDocument): Worker[] => {
  const taken = new Set<string>();
  const calls = membersIn(paths).flatMap(([path, item]) =>
    membersIn(item).map(([method, operation]) => callOf(method.toUpperCase(), path, operation, taken)),
  );
  const byTag = Map.groupBy(calls, ({ operation }) => listIn(operation.tags)[0]);
  return tags
    .map((tag) => ({ ...tag, topics: topicsOf(tag.name, byTag.get(tag.name) ?? []) }))
    .filter(({ topics }) => topics.length > 0);
};

export const callsOf = (workers: readonly Worker[]): Call[] =>
  workers.flatMap(({ topics }) => topics.flatMap(({ calls }) => calls));

/** Whether each word of the search is in the text of the call. */
export const isFound = ({ text }: Call, search: string): boolean =>
  search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
