/** What the runtime may ask of a worker, over its private entrypoint `Internal`; the public never reaches it. */

/** What every worker has. */
export interface InternalRpc {
  /** The worker's metrics, in Prometheus's text format 0.0.4. */
  metrics(): Promise<string>;
  /** The process is about to be ended: from now on every log line is written at once. */
  writeLogAtOnce(): Promise<void>;
  /** The worker's periodic maintenance; harmless when run twice at once. */
  runScheduled(): Promise<void>;
}

export interface GatewayInternalRpc extends InternalRpc {
  /**
   * Makes `/ready` respond 503 from now on: this process is shutting down. Resolves once no more requests come, or after
   * 30 s.
   */
  drain(): Promise<void>;
  /**
   * Makes what is configured what this parsed configuration file says: all of it or nothing. Returns a line for each fault, none
   * if it was applied. `proof`: the token that opens the gateway's database, whose holder could write there anyway; without
   * it `refused`.
   */
  applyConfiguration(file: unknown, proof: string): Promise<readonly string[] | "refused">;
  /** Responds to another process that asks what this one knows of the calls that it got; both texts are JSON. */
  report(question: string): Promise<string>;
  /** Gives back what this process has taken of exact limits and not used: it is about to end. */
  releaseAllowances(): Promise<void>;
}

export interface FirstAdministrator {
  username: string;
  password: string;
}

/** `wrong-secret-key`: the database was written under another SECRET_KEY, and nothing in it can be read. */
export type FirstAdministratorResult = "created" | "exists" | "invalid" | "wrong-secret-key";

/** A link by which the first administrator logs in. */
export interface FirstLoginLink {
  username: string;
  /** With the token, which is shown only here. */
  url: string;
  /** An instant, as in ISO 8601. */
  expiresAt: string;
}

export interface KmsInternalRpc extends InternalRpc {
  /** Whether SECRET_KEY decrypts the keys in the database. */
  openKeys(): Promise<"open" | "wrong-secret-key">;
  /** Creates the administrator of a new installation; does nothing as soon as any user exists. */
  createFirstAdministrator(administrator: FirstAdministrator): Promise<FirstAdministratorResult>;
  /**
   * Makes a link that works once, and voids an earlier one; `undefined`: the administrator whom the first start created has logged
   * in or chosen a password before, or cannot log in.
   */
  createFirstLoginLink(): Promise<FirstLoginLink | undefined>;
}
