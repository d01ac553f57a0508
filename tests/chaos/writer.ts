/**
 * A client that never gives up: it repeats each write under one idempotency key until it is acknowledged, and so knows
 * exactly what must be there in the end. Every writer has elements of its own, and writes one thing after the other.
 */
import { randomUUID } from "node:crypto";
import type { Fountain } from "../support/harness.ts";

const TYPES = ["section", "character", "action", "spokenWord"] as const;
const RETRY_AFTER_MS = 50;
const GIVE_UP_AFTER_MS = 60_000;
/** A writer's elements are told from another's by their ids. */
const IDS_A_WRITER = 1_000_000;

export interface Expected {
  elementType: string;
  elementId: number;
  sequenceNumber: number;
  /** The texts of all versions. */
  texts: string[];
}

export interface Tally {
  acknowledged: number;
  /** Answers of 503, connections cut and the like. */
  failures: number;
}

export interface WriterOptions {
  fountain: Fountain;
  headers: Record<string, string>;
  number: number;
  /** From 0 up to 1. */
  random: () => number;
  tally: Tally;
}

const isAnswer = (status: number): boolean => status < 500 && status !== 409 && status !== 429;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Creates a writer; each call of what it gives makes one write, and resolves when that is acknowledged. */
export const createWriter = ({ fountain, headers, number, random, tally }: WriterOptions) => {
  const elements: Expected[] = [];
  let nextId = number * IDS_A_WRITER + 1;

  const attempt = async (path: string, key: string, body: string): Promise<unknown> => {
    const response = await fountain.fetch(`/service-a${path}`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json", "idempotency-key": key },
      body,
    });
    const answer: unknown = await response.json();
    if (response.ok) return answer;
    if (isAnswer(response.status)) throw new RangeError(`${path}: ${response.status} ${JSON.stringify(answer)}`);
    return undefined;
  };

  const write = async (path: string, json: unknown): Promise<unknown> => {
    const key = randomUUID();
    const giveUpAtMs = Date.now() + GIVE_UP_AFTER_MS;
    while (Date.now() < giveUpAtMs) {
      const answer = await attempt(path, key, JSON.stringify(json)).catch((error: unknown) => {
        if (error instanceof RangeError) throw error;
        return undefined;
      });
      if (answer !== undefined) {
        tally.acknowledged += 1;
        return answer;
      }
      tally.failures += 1;
      await sleep(RETRY_AFTER_MS);
    }
    throw new Error(`${path} was not acknowledged within ${GIVE_UP_AFTER_MS} ms`);
  };

  const textOf = (elementId: number, version: number): string => `marker${elementId}v${version} in the storm`;
  const any = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)];

  const create = async (): Promise<void> => {
    const elementId = nextId++;
    const elementType = any(TYPES);
    if (elementType === undefined) throw new Error("there are types");
    const text = textOf(elementId, 1);
    const answer = await write("/sequence", { elementType, elementId, comment: "created", text });
    const { sequenceNumber } = recordOf(answer);
    elements.push({ elementType, elementId, sequenceNumber: Number(sequenceNumber), texts: [text] });
  };

  const change = async (element: Expected): Promise<void> => {
    const { elementType, elementId, texts } = element;
    const newVersionData = textOf(elementId, texts.length + 1);
    const answer = await write("/sequence/version", { elementType, elementId, newVersionData, comment: "changed" });
    const { versionNumber } = recordOf(answer);
    if (versionNumber !== texts.length + 1) throw new RangeError(`version ${versionNumber} of ${elementId} came early`);
    texts.push(newVersionData);
  };

  const reorder = async ({ elementType }: Expected): Promise<void> => {
    const some = elements.filter((element) => element.elementType === elementType).slice(-5);
    const elementIds = some.map(({ elementId }) => elementId);
    const newOrder = elementIds.toReversed();
    const answer = await write("/sequence/reorder", { elementType, elementIds, newOrder, comment: "turned round" });
    const moved = recordOf(answer)["reorderedElements"];
    if (!Array.isArray(moved)) throw new RangeError("a reorder without elements");
    const places = new Map(moved.map(recordOf).map((move) => [move["elementId"], Number(move["newSequenceNumber"])]));
    for (const element of some) element.sequenceNumber = places.get(element.elementId) ?? element.sequenceNumber;
  };

  return {
    /** What must be there. */
    elements,
    writeSomething: async (): Promise<void> => {
      const element = any(elements);
      const dice = random();
      if (element === undefined || dice < 0.5) return create();
      return dice < 0.9 ? change(element) : reorder(element);
    },
  };
};

/** The fields of a JSON object; none of anything else. */
export const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? { ...value } : {};
