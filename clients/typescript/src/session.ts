/** The credentials of a client: how they are obtained, renewed and dropped. */
import {
  type CredentialStore,
  type Credentials,
  credentialsOf,
  isExpiring,
  isUser,
  type TokenResponse,
  type UserCredentials,
} from "./credentials.ts";
import { FountainError, failedResponse } from "./error.ts";
import type { Operations, Schemas } from "./operations.generated.ts";
import { type AnyOptions, exchangeOf } from "./request.ts";
import type { Transport } from "./transport.ts";
import { createQueue, unlessAborted } from "./waiting.ts";

/** What opens a session: a password, a passkey's response, or a grant of the token endpoint. */
export type LoginProof =
  | Operations["POST /kms/login"]["body"]
  | Operations["POST /kms/login/passkey"]["body"]
  | Schemas["kms.TokenRequest"];

/** What passes a second factor: a code, one that was sent, a recovery code, or a passkey's response. */
export type Proof = Omit<Operations["POST /twofa/auth/verify"]["body"], "purpose">;

/** The refusal of a refresh token that is used up, expired or revoked (RFC 6749 §5.2). */
const INVALID_GRANT = "invalid_grant";

const TOKEN = "POST /kms/token";

const formOf = (members: object): URLSearchParams =>
  new URLSearchParams(
    Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

const loginOf = (proof: LoginProof): [key: string, body: unknown] => {
  if ("grant_type" in proof) return [TOKEN, formOf(proof)];
  return ["username" in proof ? "POST /kms/login" : "POST /kms/login/passkey", proof];
};

interface SessionOptions {
  transport: Transport;
  store: CredentialStore;
  /** Of an OAuth client; Fountain's own otherwise. */
  clientId?: string | undefined;
}

export const createSession = ({ transport, store, clientId }: SessionOptions) => {
  /** Changes of the credentials: none overwrites what another one has stored meanwhile. */
  const inOrder = createQueue();
  const exclusively = <Value>(work: () => Promise<Value>): Promise<Value> =>
    inOrder(() => (store.exclusively ? store.exclusively(work) : work()));
  let renewing: Promise<Credentials | undefined> | undefined;

  const request = async (
    key: string,
    options: AnyOptions,
    credentials?: Credentials,
    sending?: { isRepeatable: boolean },
  ): Promise<string> => {
    const { response, text = "" } = await transport(exchangeOf(key, options), credentials, sending);
    if (!response.ok) throw failedResponse(key, response, text);
    return text;
  };

  const tokensFrom = async (...sent: Parameters<typeof request>): Promise<UserCredentials> => {
    const tokens: TokenResponse = JSON.parse(await request(...sent));
    return credentialsOf(tokens);
  };

  const refreshed = async (held: UserCredentials): Promise<Credentials | undefined> => {
    const { refreshToken } = held;
    const body = formOf({ grant_type: "refresh_token", refresh_token: refreshToken, client_id: clientId });
    try {
      // Sent again, it gets the same successor.
      const renewed = { ...held, ...(await tokensFrom(TOKEN, { body }, undefined, { isRepeatable: true })) };
      await store.set(renewed);
      return renewed;
    } catch (error) {
      if (!(error instanceof FountainError) || error.code !== INVALID_GRANT) throw error;
      // Another process may have used the token, and stored what it got.
      const stored = await store.get();
      if (isUser(stored) && stored.refreshToken !== refreshToken) return stored;
      await store.set(undefined);
      const { call, status, requestId } = error;
      const detail = "Log in again: the session was ended, or its refresh token has expired.";
      const title = "The session has ended";
      throw new FountainError({ call, code: "session-ended", status, title, detail, requestId, cause: error });
    }
  };

  /** Renews the token that was `used`, unless that has happened. All who ask meanwhile wait for the same. */
  const renew = (used: UserCredentials): Promise<Credentials | undefined> => {
    renewing ??= exclusively(async () => {
      const held = await store.get();
      if (!isUser(held) || held.refreshToken === undefined) return held;
      return held.accessToken === used.accessToken || isExpiring(held) ? refreshed(held) : held;
    }).finally(() => {
      renewing = undefined;
    });
    return renewing;
  };

  /** The credentials to send, renewed if they are about to expire. */
  const current = async (signal?: AbortSignal): Promise<Credentials | undefined> => {
    const held = await store.get();
    return isUser(held) && isExpiring(held) && held.refreshToken !== undefined
      ? unlessAborted(renew(held), signal)
      : held;
  };

  /** Whether there is another access token than the one that was used. */
  const hasOther = async (used: UserCredentials): Promise<boolean> => {
    const held = await store.get();
    return isUser(held) && held.accessToken !== used.accessToken;
  };

  return {
    current,
    hasOther,
    renew: async (used: UserCredentials, signal?: AbortSignal): Promise<boolean> => {
      await unlessAborted(renew(used), signal);
      return hasOther(used);
    },
    refresh: async (): Promise<void> => {
      const held = await store.get();
      if (isUser(held)) await renew(held);
    },
    logIn: (proof: LoginProof): Promise<void> =>
      exclusively(async () => {
        const [key, body] = loginOf(proof);
        await store.set(await tokensFrom(key, { body }));
      }),
    verify: async (proof: Proof): Promise<void> => {
      await current();
      await exclusively(async () => {
        const held = await store.get();
        const raised = await tokensFrom("POST /twofa/auth/verify", { body: proof }, held);
        await store.set({ ...held, ...raised });
      });
    },
    /** Drops the credentials, and ends the session at Fountain. Rejects where that cannot be known. */
    logOut: (): Promise<void> =>
      exclusively(async () => {
        const held = await store.get();
        await store.set(undefined);
        if (!isUser(held)) return;
        const body = formOf({ token: held.refreshToken ?? held.accessToken, client_id: clientId });
        await request("POST /kms/revoke", { body }, undefined, { isRepeatable: true });
      }),
  };
};

export type Session = ReturnType<typeof createSession>;
