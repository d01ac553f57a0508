/** Where webhooks may go: to the public internet over TLS, so that no one uses them to reach what they cannot reach themselves. */
import ipaddr from "ipaddr.js";
import { HOLDS_CREDENTIAL, holdsCredential } from "#shared/contracts/credential-shape.ts";

export const MAX_WEBHOOK_URL_CHARACTERS = 2_048;
const LOCAL_NAME = /(^|\.)(localhost|local|internal|home\.arpa)\.?$/i;

/** Whether the host is an address that is no public one. A name is looked at again when it is resolved. */
const isPrivateHost = (hostname: string): boolean => {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  if (!ipaddr.isValid(host)) return LOCAL_NAME.test(host);
  return ipaddr.process(host).range() !== "unicast";
};

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
