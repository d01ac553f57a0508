/** Where one-time codes go: addresses of mail (RFC 5321) and phone numbers (ITU-T E.164). */

/** RFC 5321 §4.5.3.1.3, without its angle brackets. */
const MAX_ADDRESS_LENGTH = 254;
/** RFC 5321 §4.5.3.1.1. */
const MAX_LOCAL_LENGTH = 64;
/** A mailbox without quoting, comments or address literals: nothing in it means anything to a mail server. */
const ADDRESS =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/i;
/** What people write between the digits. */
const GAPS = /[ ().-]/g;
const PHONE = /^\+[1-9]\d{6,14}$/;
const SHOWN_DIGITS = 2;
const HIDDEN = "***";

/** The address with its domain in lower case; `undefined` when it is none. */
export const parseAddress = (typed: string): string | undefined => {
  const address = typed.trim();
  const at = address.lastIndexOf("@");
  if (address.length > MAX_ADDRESS_LENGTH || at > MAX_LOCAL_LENGTH || !ADDRESS.test(address)) return undefined;
  return `${address.slice(0, at)}${address.slice(at).toLowerCase()}`;
};

/** The number as `+` and digits; `undefined` when it is none. */
export const parsePhone = (typed: string): string | undefined => {
  const phone = typed.trim().replace(GAPS, "");
  return PHONE.test(phone) ? phone : undefined;
};

const maskAddress = (address: string): string => {
  const at = address.lastIndexOf("@");
  const topLevel = address.slice(address.lastIndexOf("."));
  return `${address.charAt(0)}${HIDDEN}@${address.charAt(at + 1)}${HIDDEN}${topLevel}`;
};

/** The destination as responses show it: enough for its owner to recognise it, too little for anyone else. */
export const maskDestination = (destination: string): string =>
  destination.includes("@") ? maskAddress(destination) : `+${HIDDEN}${destination.slice(-SHOWN_DIGITS)}`;

/** The one spelling a destination is recognised by: mail servers ignore case. */
export const destinationKey = (destination: string): string => destination.toLowerCase();
