/** Whom the page acts as. Credentials are kept in its memory alone, until it is closed or reloaded. */
import {
  type Client,
  type CredentialStore,
  type Credentials,
  createClient,
  type LoginProof,
  type StepUp,
  type UserCredentials,
} from "../../../../../../clients/typescript/src/index.ts";

/** For the reader. */
export interface Acting {
  /** Such as the username. */
  who: string;
  /** A user with a second factor, which they have not passed. */
  canStepUp: boolean;
  isKey: boolean;
  isSecondFactorPassed: boolean;
}

let held: Credentials | undefined;
let acting: Acting | undefined;
/** The session was opened here, and ends with a logout here. What was pasted belongs to others. */
let isOwn = false;
let changes = 0;
const listeners: (() => void)[] = [];

const show = (next: Acting | undefined): void => {
  acting = next;
  for (const listener of listeners) listener();
};

const store: CredentialStore = {
  get: () => held,
  set: (credentials) => {
    held = credentials;
    if (credentials === undefined && acting !== undefined) show(undefined);
  },
};

interface ClientOptions {
  stepUp?: StepUp;
  fetch?: typeof fetch;
  /** Sends no credentials. */
  isAnonymous?: boolean;
}

/** A client without retries: what it returns is what one request got. */
export const clientFor = ({ isAnonymous = false, ...options }: ClientOptions = {}): Client =>
  createClient({ url: location.origin, retries: 0, ...options, ...(!isAnonymous && { credentials: store }) });

export const onChange = (listener: () => void): void => {
  listeners.push(listener);
};

export const current = (): Acting | undefined => acting;

/** The credentials themselves, which must never be copied. */
export const heldSecrets = (): string[] => {
  if (held === undefined) return [];
  const { accessToken, refreshToken, apiKey }: Partial<UserCredentials & { apiKey: string }> = held;
  return [accessToken, refreshToken, apiKey].filter((secret) => secret !== undefined);
};

const hasFactor = async (): Promise<boolean> => {
  const { data } = await clientFor().call("GET /twofa/factors");
  return data.items.some(({ confirmedAt }) => confirmedAt !== null);
};

const describe = async (): Promise<Omit<Acting, "isKey">> => {
  const { data } = await clientFor().call("GET /kms/me");
  const isSecondFactorPassed = data.session.acr === "aal2";
  const canStepUp = !isSecondFactorPassed && (await hasFactor().catch(() => false));
  return { who: data.username, isSecondFactorPassed, canStepUp };
};

const UNNAMED = { who: "the holder of a token", isSecondFactorPassed: false, canStepUp: false };

/** Asks who it is. Without a response that says so, it is an unnamed holder of a token. */
export const lookUp = async (): Promise<void> => {
  changes += 1;
  const change = changes;
  const next = await describe().catch(() => UNNAMED);
  if (change === changes && held !== undefined) show({ ...next, isKey: false });
};

const actAs = (credentials: UserCredentials, isOwnSession: boolean): Promise<void> => {
  held = credentials;
  isOwn = isOwnSession;
  return lookUp();
};

/** Throws `FountainError` where the proof is refused. */
export const logIn = async (proof: LoginProof): Promise<void> => {
  await clientFor().logIn(proof);
  isOwn = true;
  await lookUp();
};

/** Acts by a token from elsewhere. */
export const useToken = (accessToken: string): Promise<void> => actAs({ accessToken }, false);

/** Acts by an API key. */
export const useKey = (apiKey: string): void => {
  changes += 1;
  held = { apiKey };
  isOwn = false;
  show({ who: "a service, by its API key", canStepUp: false, isKey: true, isSecondFactorPassed: false });
};

/** Members of a response of the token endpoint. */
export interface Tokens {
  access_token: string;
  expires_in: number;
  refresh_token?: string;
}

/** Acts by the tokens of a response: of a new session, or of the same one after a second factor. */
export const adopt = (tokens: Tokens, isSameSession: boolean): Promise<void> => {
  const before = isSameSession && held !== undefined && "accessToken" in held ? held : {};
  return actAs(
    {
      ...before,
      accessToken: tokens.access_token,
      expiresAt: new Date(Date.now() + tokens.expires_in * 1_000).toISOString(),
      ...(tokens.refresh_token !== undefined && { refreshToken: tokens.refresh_token }),
    },
    true,
  );
};

/** Forgets the credentials of a session that has ended. */
export const forget = (): void => {
  changes += 1;
  void store.set(undefined);
};

/** Forgets the credentials, and ends the session if it was opened here; without a connection they are forgotten all the same. */
export const logOut = async (): Promise<void> => {
  if (isOwn)
    await clientFor()
      .logOut()
      .catch(() => {});
  forget();
};
