/** Where webhooks may go: to the public internet over TLS, so that no one uses them to reach what they cannot reach themselves. */
import { HOLDS_CREDENTIAL, holdsCredential } from "#shared/contracts/credential-shape.ts";
import { isPrivateHost } from "../egress/private-host.ts";

export const MAX_WEBHOOK_URL_CHARACTERS = 2_048;

/** Why webhooks cannot go there; `undefined` when they can. `anywhere`: for trying things out. */
export const webhookUrlFault = (text: string, anywhere: boolean): string | undefined => {
  const url = text.length > MAX_WEBHOOK_URL_CHARACTERS ? null : URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return "must be an https URL";
  if (url.username !== "" || url.password !== "") return "must not contain credentials";
  if (holdsCredential(text)) return HOLDS_CREDENTIAL;
  if (anywhere) return undefined;
  if (url.protocol !== "https:") return "must be an https URL";
  return isPrivateHost(url.hostname) ? "must be a public address" : undefined;
};
