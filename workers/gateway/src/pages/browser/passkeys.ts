/** The ceremonies of passkeys (WebAuthn Level 3), with options and results as JSON. */

/** What an authenticator has returned, for which challenge. */
export interface Ceremony {
  credential: string;
  challengeId: string;
}

/** Whether this browser knows passkeys, and reads and writes their JSON. */
export const canUsePasskeys = (): boolean =>
  typeof PublicKeyCredential === "function" &&
  "parseCreationOptionsFromJSON" in PublicKeyCredential &&
  "parseRequestOptionsFromJSON" in PublicKeyCredential;

interface Challenged {
  challengeId: string;
}

const result = (credential: Credential | null, { challengeId }: Challenged): Ceremony => {
  if (credential === null) throw new Error("the authenticator has returned nothing");
  return { credential: JSON.stringify(credential), challengeId };
};

/** Asks for a passkey that these options allow. */
export const authenticate = async (options: string): Promise<Ceremony> => {
  const parsed: PublicKeyCredentialRequestOptionsJSON & Challenged = JSON.parse(options);
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(parsed);
  return result(await navigator.credentials.get({ publicKey }), parsed);
};

/** Creates a passkey. */
export const register = async (options: string): Promise<Ceremony> => {
  const parsed: PublicKeyCredentialCreationOptionsJSON & Challenged = JSON.parse(options);
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(parsed);
  return result(await navigator.credentials.create({ publicKey }), parsed);
};

const loginOptions = async (): Promise<PublicKeyCredentialRequestOptionsJSON & Challenged> => {
  const response = await fetch("/kms/login/passkey/options", { method: "POST" });
  if (!response.ok) throw new Error(`the options responded ${response.status}`);
  return response.json();
};

/**
 * Offers passkeys among the suggestions for the username (conditional mediation), and gives what asks for one at a press of the
 * button. The browser serves one request at a time, so the press ends the offer.
 */
export const offerPasskeys = (onChosen: (done: Ceremony) => void): (() => Promise<Ceremony>) => {
  const offer = new AbortController();
  const ask = async (more: CredentialRequestOptions): Promise<Ceremony> => {
    const options = await loginOptions();
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return result(await navigator.credentials.get({ ...more, publicKey }), options);
  };
  const suggest = async (): Promise<void> => {
    if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    onChosen(await ask({ mediation: "conditional", signal: offer.signal }));
  };
  // Without suggestions, there still is the button.
  suggest().catch(() => {});
  return () => {
    offer.abort();
    return ask({});
  };
};
