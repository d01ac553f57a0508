/**
 * Where people are sent back to (RFC 6749 §3.1.2, RFC 8252 §7, RFC 9700 §4.1): an https URL, one of the person's own device,
 * or a scheme that an application has to itself. Two match only where they are the same text; but on the own device any
 * port does, which the system gives out each time (RFC 8252 §7.3).
 */
import { HOLDS_CREDENTIAL, holdsCredential } from "#shared/contracts/credential-shape.ts";

export const MAX_REDIRECT_URI_CHARACTERS = 1_024;
export const MAX_REDIRECT_URIS = 20;

/** What RFC 3986 allows in a URI without fragment, but for the asterisk, which people take for a wildcard. */
const CHARACTERS = /^[\w.~:/?[\]@!$&'()+,;=%-]+$/;
const LOOPBACK = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::\d{1,5})?((?:[/?].*)?)$/;
/** A domain name in reverse (RFC 8252 §7.1); nothing that a browser acts on by itself has a dot. */
const PRIVATE_SCHEME = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/;
/** What is added to it. */
const ADDED = ["code", "state", "iss", "error", "error_description", "error_uri"];

/** Whether it leads to a program on the person's own device. */
export const isOnDevice = (uri: string): boolean => LOOPBACK.test(uri);

const schemeFault = ({ protocol }: URL, text: string): string | undefined => {
  if (protocol === "https:" || PRIVATE_SCHEME.test(protocol)) return undefined;
  if (protocol === "http:" && isOnDevice(text)) return undefined;
  return "must be an https URL, http on 127.0.0.1, [::1] or localhost, or of a scheme such as org.example.app:";
};

/** What is wrong with a URI that is to be registered or was sent; `undefined` when nothing is. */
export const redirectUriFault = (text: string): string | undefined => {
  if (text.includes("#")) return "must have no fragment";
  if (text.includes("*")) return "must have no wildcard: it is compared as it is";
  const url = text.length <= MAX_REDIRECT_URI_CHARACTERS && CHARACTERS.test(text) ? URL.parse(text) : null;
  if (url === null) return "must be an absolute URI";
  if (url.username !== "" || url.password !== "") return "must not contain credentials";
  if (holdsCredential(text)) return HOLDS_CREDENTIAL;
  const parameters = new URLSearchParams(url.search);
  if (ADDED.some((name) => parameters.has(name))) return `must have none of the parameters ${ADDED.join(", ")}`;
  return schemeFault(url, text);
};

/** The same for all ports of the person's own device. */
const comparable = (uri: string): string => uri.replace(LOOPBACK, "$1$2");

/** Whether the client may have people sent there. */
export const isRegistered = (uri: string, registered: readonly string[]): boolean =>
  redirectUriFault(uri) === undefined && registered.some((one) => comparable(one) === comparable(uri));

/** Whether no other program can receive what is sent there (RFC 8252 §8.6): a host is proven, a scheme or a port is not. */
export const isClaimed = (uri: string): boolean => uri.startsWith("https://");
