/** What the examples of the API document share, so that they read as one story. Its credentials are cut short: none is valid. */

export const EXAMPLE = {
  /** A user, and a session of theirs. */
  userId: "0b7e4f3a-6c1d-4a52-9e8f-2d5c7a91b306",
  username: "mara",
  email: "mara@example.org",
  sessionId: "c2a9d8b1-4f63-4e07-8a15-6b3e9f20d7c4",
  /** A second factor of theirs. */
  factorId: "e61f07b3-5d28-4c9a-b0f4-91a7d3c8e562",
  /** An application that she logs in to. */
  clientId: "client_5d0c7b1e-93a4-4f28-b6d5-e8127ac04f39",
  /** A service, and an API key of it. */
  service: "script-editor",
  keyId: "7Qm2xVbL",
  keyPrefix: "ftn_7Qm2xVbL",
  apiKey: "ftn_7Qm2xVbL_…",
  accessToken: "eyJhbGciOiJFZERTQSIsImtpZCI6…",
  refreshToken: "ftr_…",
  signingKeyId: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
  issuer: "https://fountain.example.org",
  requestId: "9d3f6a10-7be2-4c58-b1d4-e05a8c7f2963",
  address: "203.0.113.7",
  /** When the account and the service came to be, when this morning began, and a few minutes, a quarter of an hour, a month later. */
  created: "2026-03-02T09:00:00.000Z",
  today: "2026-03-16T08:30:00.000Z",
  minutesLater: "2026-03-16T08:35:00.000Z",
  quarterLater: "2026-03-16T08:45:00.000Z",
  monthLater: "2026-04-15T08:30:00.000Z",
} as const;

/** A page of a list with just this item. */
export const pageOf = <Item>(item: Item): { items: Item[]; next: null } => ({ items: [item], next: null });

/** The public key of RFC 8037, appendix A.2. */
export const PUBLIC_KEY_EXAMPLE = {
  kty: "OKP",
  kid: EXAMPLE.signingKeyId,
  alg: "EdDSA",
  use: "sig",
  crv: "Ed25519",
  x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
} as const;
