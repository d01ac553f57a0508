/** The credentials of a caller, and where they are kept. */

/** The tokens of a session. They are JSON, for stores that write them down. */
export interface UserCredentials {
  accessToken: string;
  /** By the clock of this machine, RFC 3339; without it, the token is used until it is refused. */
  expiresAt?: string | undefined;
  /** Changes at every use. Without it, the session cannot outlive its access token. */
  refreshToken?: string | undefined;
}

/** A user's tokens, or a service's API key. */
export type Credentials = UserCredentials | { apiKey: string };

/** Where credentials are kept. Both functions may return a promise, and what they throw the call rejects with. */
export interface CredentialStore {
  get(): Credentials | undefined | Promise<Credentials | undefined>;
  /** `undefined`: there are none any more. */
  set(credentials: Credentials | undefined): void | Promise<void>;
  /** Runs what reads and changes them while no other program does, for stores that several programs share. */
  exclusively?<Value>(work: () => Promise<Value>): Promise<Value>;
}

/** Keeps credentials for as long as the program runs, out of reach of everything else on the page. */
export const memoryStore = (credentials?: Credentials): CredentialStore => {
  let held = credentials;
  return {
    get: () => held,
    set: (changed) => {
      held = changed;
    },
  };
};

export const isUser = (credentials: Credentials | undefined): credentials is UserCredentials =>
  credentials !== undefined && "accessToken" in credentials;

/** As a header field. */
export const authorizationOf = (credentials: Credentials | undefined): Record<string, string> => {
  if (credentials === undefined) return {};
  return isUser(credentials)
    ? { authorization: `Bearer ${credentials.accessToken}` }
    : { "x-api-key": credentials.apiKey };
};

/** What the token endpoints return. */
export interface TokenResponse {
  access_token: string;
  expires_in: number;
  refresh_token?: string | undefined;
}

export const credentialsOf = ({ access_token, expires_in, refresh_token }: TokenResponse): UserCredentials => ({
  accessToken: access_token,
  expiresAt: new Date(Date.now() + expires_in * 1_000).toISOString(),
  ...(refresh_token !== undefined && { refreshToken: refresh_token }),
});

/** A token that expires on its way is refused: it is renewed so much earlier. */
const LEEWAY_MS = 20_000;

export const isExpiring = ({ expiresAt }: UserCredentials): boolean =>
  expiresAt !== undefined && Date.parse(expiresAt) - LEEWAY_MS < Date.now();
