/** What the tests of the typed client share: clients of a running Fountain whose requests are counted, or lost. */
import {
  type Client,
  type ClientOptions,
  type CredentialStore,
  createClient,
  FountainError,
  memoryStore,
  type UserCredentials,
} from "../../../clients/typescript/src/index.ts";
import type { Target } from "../call.ts";

export interface Watched {
  client: Client;
  store: CredentialStore;
  /** Each request that was sent, as `GET /kms/me`. */
  requests: string[];
  /** Each response that was received, as `200 GET /kms/me`: a busy machine may need more requests. */
  responses: string[];
  /** Loses the responses to so many requests from now on, as if the connection had ended; they reach Fountain. */
  lose(count: number): void;
  /** The tokens that are stored. */
  tokens(): Promise<UserCredentials>;
}

export const tokensIn = async (store: CredentialStore): Promise<UserCredentials> => {
  const stored = await store.get();
  if (stored === undefined || !("accessToken" in stored)) throw new Error("no tokens are stored");
  return stored;
};

/** A client of a running Fountain, with a store of its own if none is given. */
export const watchedClient = (
  { url }: Pick<Target, "url">,
  { store = memoryStore(), ...options }: Partial<ClientOptions> & { store?: CredentialStore } = {},
): Watched => {
  const requests: string[] = [];
  const responses: string[] = [];
  let toLose = 0;
  const watched = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = `${init?.method} ${new URL(String(input)).pathname}`;
    requests.push(request);
    const isLost = toLose > 0;
    if (isLost) toLose -= 1;
    const response = await fetch(input, init);
    if (!isLost) {
      responses.push(`${response.status} ${request}`);
      return response;
    }
    await response.arrayBuffer();
    throw new TypeError("the connection was lost");
  };
  const client = createClient({ url, credentials: store, fetch: watched, ...options });
  const lose = (count: number): void => {
    toLose = count;
  };
  return { client, store, requests, responses, lose, tokens: () => tokensIn(store) };
};

/** The error that a call ends with. Throws where it succeeds, or fails in another way. */
export const errorOf = async (call: Promise<unknown>): Promise<FountainError> => {
  const error = await call.then(
    () => new Error("the call succeeded"),
    (reason: unknown) => reason,
  );
  if (error instanceof FountainError) return error;
  throw error;
};

/** Logs in as the administrator. */
export const logInAsAdministrator = ({ client }: Watched, target: Target): Promise<void> =>
  client.logIn({ username: target.adminUsername, password: target.adminPassword });
