/**
 * Devices that users have logged in with: the software by its name, in a network near the address, as a keyed hash. A login with another
 * one is reported to the user, if their address is verified; the first that is ever seen is not.
 */
import type { RequestOrigin } from "#shared/contracts/mails.ts";
import { formatNetwork, parseAddress } from "#shared/contracts/networks.ts";
import { knownDeviceOf } from "#shared/semantics/user-agent.ts";
import type { EmailAddresses } from "../accounts/email-addresses.ts";
import type { Credentials } from "../accounts/user.ts";
import type { Mails, StoredMail } from "../mails/mails.ts";

/** Providers change addresses within these. */
const IPV4_NEARBY_BITS = 24;
const IPV6_NEARBY_BITS = 48;

/** What a login is made with, and the mail to store if it is new. */
export interface SeenDevice {
  device: string;
  notice: StoredMail | undefined;
}

export type LoggingIn = Pick<Credentials, "user" | "sealedVerifiedEmail">;

/** Recognises devices. */
export type RecogniseDevice = (credentials: LoggingIn, origin: RequestOrigin) => Promise<SeenDevice>;

export interface DeviceRecognitionOptions {
  emails: Pick<EmailAddresses, "open">;
  mails: Pick<Mails, "prepare">;
  mac: (context: string, text: string) => string;
}

const networkNear = (text: string | undefined): string => {
  const address = text === undefined ? undefined : parseAddress(text);
  if (address === undefined) return "unknown";
  return formatNetwork([address, address.kind() === "ipv4" ? IPV4_NEARBY_BITS : IPV6_NEARBY_BITS]);
};

/** Without its version, which changes by itself. */
const softwareOf = (userAgent = ""): string => knownDeviceOf(userAgent) ?? userAgent.split(/[/ ]/, 1)[0] ?? "";

export const createDeviceRecognition =
  ({ emails, mails, mac }: DeviceRecognitionOptions): RecogniseDevice =>
  async ({ user: { id: userId, username }, sealedVerifiedEmail }, origin) => {
    const device = mac(
      "known-devices",
      JSON.stringify([userId, softwareOf(origin.userAgent), networkNear(origin.address)]),
    );
    if (sealedVerifiedEmail === null) return { device, notice: undefined };
    const destination = await emails.open(userId, sealedVerifiedEmail);
    const mail = { kind: "new-device", data: { username }, userId, destination, isOwn: true, hasOrigin: true } as const;
    return { device, notice: await mails.prepare(mail) };
  };
