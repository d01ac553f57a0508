/** The client: typed calls, lists, and the session that they are made in. */
import { createAuthorized } from "./authorized.ts";
import type { StepUpChallenge } from "./challenge.ts";
import { type CredentialStore, type Credentials, memoryStore } from "./credentials.ts";
import { FountainError, failedResponse } from "./error.ts";
import type { CallArguments, ItemOf, ListKey, OperationKey, Reply } from "./operation.ts";
import type { Operations } from "./operations.generated.ts";
import { type AnyOptions, exchangeOf, fetchExchange } from "./request.ts";
import { createSession, type LoginProof, type Proof, type Session } from "./session.ts";
import { createTransport, type Transport, type TransportOptions } from "./transport.ts";

export interface Client {
  /** Calls an operation. Throws `FountainError` for every response that is no success, and where there is none. */
  call<Key extends OperationKey>(key: Key, ...options: CallArguments<Key>): Promise<Reply<Operations[Key]["data"]>>;
  /** The items of a list, page after page, as they are asked for. `query.limit` is the size of a page. */
  list<Key extends ListKey>(key: Key, ...options: CallArguments<Key>): AsyncGenerator<ItemOf<Key>, void, void>;
  /**
   * Fetches a path with the credentials, renewal, step-up and retries of this client: for services behind the gateway, for
   * streams, and for everything that has no type. Like `fetch`, it throws for no status.
   */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Opens a session, whose tokens are stored. */
  logIn(proof: LoginProof): Promise<void>;
  /** Passes a second factor: the session is of `aal2` from now on, and good for step-up for five minutes. */
  verify(proof: Proof): Promise<void>;
  /** Renews the access token now, for example after a change of the user's roles. */
  refresh(): Promise<void>;
  /** Drops the credentials and ends the session at Fountain. If that cannot be reached it throws, without credentials. */
  logOut(): Promise<void>;
}

/** Passes what is demanded by `verify` or `logIn` of the client that it gets, which itself never asks for a step-up. */
export type StepUp = (challenge: StepUpChallenge, client: Client) => Promise<void>;

export interface ClientOptions extends TransportOptions {
  /** What to begin with, or where credentials are kept; in memory by default. */
  credentials?: Credentials | CredentialStore | undefined;
  /** Is called when a call is refused for want of a second factor, and the call is repeated if there is a new token. */
  stepUp?: StepUp | undefined;
  /** Of an application that is registered with Fountain, whose sessions are renewed under its name. */
  clientId?: string | undefined;
}

/** JSON, of the type that the API document says. */
type Parsed = ReturnType<typeof JSON.parse>;

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\b/i;
const TEXT_TYPE = /^text\/plain\b/i;

/** What a success says. A page, for instance of a proxy that wants a login of its own, is no success. */
export const dataOf = (call: string, response: Response, text: string): Parsed => {
  const type = response.headers.get("content-type") ?? "";
  if (TEXT_TYPE.test(type)) return text;
  if (text === "") return undefined;
  try {
    if (JSON_TYPE.test(type)) return JSON.parse(text);
  } catch {}
  throw new FountainError({ call, code: "unknown", status: response.status, title: "The response is not Fountain's" });
};

const clientOf = (transport: Transport, session: Session, stepUp?: StepUp): Client => {
  const send = createAuthorized({
    transport,
    session,
    // The client that passes the factor would wait for itself, if it asked.
    stepUp: stepUp && ((challenge) => stepUp(challenge, clientOf(transport, session))),
  });

  const call = async (key: string, options: AnyOptions = {}): Promise<Reply<Parsed>> => {
    const { response, text = "" } = await send(exchangeOf(key, options));
    if (!response.ok) throw failedResponse(key, response, text);
    return { data: dataOf(key, response, text), status: response.status, headers: response.headers };
  };

  const list = async function* (key: string, options: AnyOptions = {}): AsyncGenerator<Parsed, void, void> {
    let next: string | null | undefined;
    do {
      const query = next === undefined ? options.query : { ...options.query, after: next };
      const { data } = await call(key, { ...options, query });
      yield* data.items;
      next = data.next;
    } while (next !== null);
  };

  const { logIn, verify, refresh, logOut } = session;
  return {
    call,
    list,
    fetch: async (path, init = {}) => {
      const { response, text } = await send(fetchExchange(path, init));
      // The body of a refusal was read to see what it demands.
      return text === undefined ? response : new Response(text, response);
    },
    logIn,
    verify,
    refresh,
    logOut,
  };
};

const isStore = (credentials: Credentials | CredentialStore): credentials is CredentialStore => "get" in credentials;

/** A client of the installation at `url`. Throws `TypeError` where that is no address. */
export const createClient = ({ credentials, stepUp, clientId, ...options }: ClientOptions): Client => {
  const store = credentials !== undefined && isStore(credentials) ? credentials : memoryStore(credentials);
  const transport = createTransport(options);
  return clientOf(transport, createSession({ transport, store, clientId }), stepUp);
};
