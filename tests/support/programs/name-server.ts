/** A name server (RFC 1035) whose answers a test decides anew for each question. */
import { createSocket, type RemoteInfo } from "node:dgram";
import { isIPv4 } from "node:net";
import { parseAddress } from "#shared/contracts/networks.ts";

/** Where resolvers ask it: they know no other port than this. Below 1024, so it takes root to listen. */
const PORT = 53;

const HEADER_BYTES = 12;
const RESPONSE = 0x84_00;
/** Types of records. */
const A = 1;
const AAAA = 28;
const INTERNET = 1;
/** Points at the name in the question. */
const SAME_NAME = 0xc0_0c;
/** Not to be remembered. */
const TTL_SECONDS = 0;

interface Question {
  name: string;
  type: number;
  /** As it was sent, to be repeated. */
  bytes: Buffer;
}

const questionIn = (message: Buffer): Question => {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const end = at + 5;
  return { name: labels.join("."), type: message.readUInt16BE(at + 1), bytes: message.subarray(HEADER_BYTES, end) };
};

const recordOf = (address: string, type: number): Buffer => {
  const data = Buffer.from(parseAddress(address)?.toByteArray() ?? []);
  const fixed = Buffer.alloc(HEADER_BYTES);
  fixed.writeUInt16BE(SAME_NAME, 0);
  fixed.writeUInt16BE(type, 2);
  fixed.writeUInt16BE(INTERNET, 4);
  fixed.writeUInt32BE(TTL_SECONDS, 6);
  fixed.writeUInt16BE(data.byteLength, 10);
  return Buffer.concat([fixed, data]);
};

const answerTo = (message: Buffer, addressesOf: (name: string) => readonly string[]): Buffer => {
  const { name, type, bytes } = questionIn(message);
  const addresses = addressesOf(name).filter((address) => (isIPv4(address) ? A : AAAA) === type);
  const header = Buffer.alloc(HEADER_BYTES);
  message.copy(header, 0, 0, 2);
  header.writeUInt16BE(RESPONSE, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  return Buffer.concat([header, bytes, ...addresses.map((address) => recordOf(address, type))]);
};

export interface NameServer {
  stop(): void;
}

/** Listens at this address. `addressesOf`: asked for each question for A or AAAA records; `[]`: the name has none of them. */
export const startNameServer = async (
  address: string,
  addressesOf: (name: string) => readonly string[],
): Promise<NameServer> => {
  const socket = createSocket("udp4");
  socket.on("message", (message, { port, address: asker }: RemoteInfo) => {
    socket.send(answerTo(message, addressesOf), port, asker);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(PORT, address, resolve);
  });
  return { stop: () => socket.close() };
};
