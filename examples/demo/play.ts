/** What the steps of the demo share: the state they pass on, and how they check things. */
import { type Client, createClient, type Schemas } from "../../clients/typescript/src/index.ts";

export type Element = Schemas["service-a.Element"];

/** What the steps share; each one adds what the next ones need. */
export interface Play {
  url: string;
  /** The administrator, once logged in. */
  user: Client;
  username: string;
  password: string;
  screenplay: string;
  /** A unique name, for what the demo leaves behind. */
  mark: string;
  /** With the API key of the demo's service. */
  service?: Client;
  factor?: { id: string; secret: string };
  scriptId?: number;
  elements?: Element[];
  changed?: Element;
}

export interface Step {
  name: string;
  /** Says in plain words what was found. */
  run: (play: Play) => Promise<string>;
}

/** A value that an earlier step has found. */
export const known = <Value>(value: Value | undefined, what: string): Value => {
  if (value === undefined) throw new Error(`there is no ${what} from the steps before`);
  return value;
};

export const hold = (condition: boolean, otherwise: string): void => {
  if (!condition) throw new Error(otherwise);
};

/** A client that sends an API key. */
export const withKey = ({ url }: Play, apiKey: string): Client => createClient({ url, credentials: { apiKey } });

export const serviceOf = (play: Play): Client => known(play.service, "API key");

/** Tries until it holds or the patience ends; waits are short and bounded. */
export const eventually = async (patienceMs: number, attempt: () => Promise<boolean>): Promise<boolean> => {
  const endsAtMs = Date.now() + patienceMs;
  while (!(await attempt())) {
    if (Date.now() > endsAtMs) return false;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return true;
};

export const quoted = (text: string): string => {
  const line = text.replace(/\s+/g, " ").trim();
  return `\u201c${line.length > 60 ? `${line.slice(0, 60)}\u2026` : line}\u201d`;
};
