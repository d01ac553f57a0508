/** As whom a limit counts a call. */
import type { CountedBy } from "./limit.ts";

/** What is known of a call's sender. */
export interface Sender {
  /** In its normal form; `undefined`: it is not known. */
  address: string | undefined;
  /** A user, or `service:NAME`. */
  subject?: string | undefined;
  /** The service that calls, for itself or for a user. */
  service?: string | undefined;
  /** The id of the API key that it calls with. */
  key?: string | undefined;
}

const UNKNOWN_ADDRESS = "unknown";
const IPV6_GROUPS = 8;
const NETWORK_GROUPS = 4;

/** The first 64 bits of an IPv6 address in its normal form (RFC 5952): a network that has one address has all of these. */
const networkOf = (address: string): string => {
  if (!address.includes(":")) return address;
  const [before = "", after] = address.split("::");
  const head = before.split(":").filter((group) => group !== "");
  if (after === undefined || head.length >= NETWORK_GROUPS) return head.slice(0, NETWORK_GROUPS).join(":");
  const tail = after.split(":").filter((group) => group !== "");
  const zeros = Array.from({ length: IPV6_GROUPS - head.length - tail.length }, () => "0");
  return [...head, ...zeros, ...tail].slice(0, NETWORK_GROUPS).join(":");
};

const READERS: Readonly<Record<CountedBy, (sender: Sender) => string | undefined>> = {
  // Those whose address is not known are counted as one.
  address: ({ address }) => (address === undefined ? UNKNOWN_ADDRESS : networkOf(address)),
  subject: ({ subject }) => subject,
  service: ({ service }) => service,
  key: ({ key }) => key,
  all: () => "",
};

/** What of a call is known only where a credential is asked for. */
const OF_CALLER: readonly CountedBy[] = ["subject", "service", "key"];

/** By what a limit counts that a call without a caller lacks; `undefined`: such calls are counted, too. */
export const lackingWithoutCaller = (per: CountedBy | readonly CountedBy[]): CountedBy | undefined =>
  [per].flat().find((by) => OF_CALLER.includes(by));

/** Stands between the parts of a compound: none of them has it. */
export const SEPARATOR = "\n";

/** What stands for all those whom a limit counts together with the sender; `undefined`: it does not count this call. */
export const countedAs = (per: readonly CountedBy[], sender: Sender): string | undefined => {
  let text: string | undefined;
  for (const by of per) {
    const part = READERS[by](sender);
    if (part === undefined) return undefined;
    text = text === undefined ? part : text + SEPARATOR + part;
  }
  return text;
};
