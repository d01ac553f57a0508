/** What the workers store about a person, for their data export. */

/** A credential, as the authenticator reported it. */
export interface HeldPasskey {
  credentialId: string;
  /** The model of the authenticator. */
  aaguid: string;
  transports: readonly string[];
  counter: number;
  backupEligible: boolean;
  backedUp: boolean;
  disabledAt: string | null;
}

export interface HeldFactor {
  factorId: string;
  type: string;
  name: string;
  /** The address or phone number that codes are sent to. */
  destination?: string;
  /** Of a factor of type `webauthn` that is confirmed. */
  passkey?: HeldPasskey;
  createdAt: string;
  confirmedAt: string | null;
  lastUsedAt: string | null;
}

/** By twofa: never a secret or a code. */
export interface HeldFactors {
  factors: HeldFactor[];
  recoveryCodesLeft: number;
}

/** `actingService`: the service or application that wrote it for the person; null: they wrote it themselves. */
interface Contribution {
  actingService: string | null;
  createdAt: string;
}

/** By service-a: what the person wrote. */
export interface Contributions {
  scripts: ({ scriptId: number; title: string } & Contribution)[];
  versions: ({ elementType: string; elementId: number; versionNumber: number; comment: string } & Contribution)[];
  /** false: there is more than fits. */
  isComplete: boolean;
}

/** What only the other workers know. */
export interface PersonalParts {
  secondFactor: HeldFactors;
  contributions: Contributions;
}

/** A document, and the compact JWS (RFC 7515) whose payload is the document's JSON. */
export interface SignedDocument {
  document: Record<string, unknown>;
  signature: string;
}
