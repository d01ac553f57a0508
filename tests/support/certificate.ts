/** Certificates for servers that tests run: self-signed, for one name, good for an hour (X.509, RFC 5280). */
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

export interface Certificate {
  /** PEM. */
  key: string;
  /** PEM. */
  cert: string;
}

const HOUR_MS = 3_600_000;

const TAGS = { integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, text: 0x0c, time: 0x17, sequence: 0x30, set: 0x31 };
const DNS_NAME = 0x82;
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const ECDSA_WITH_SHA256 = "2a8648ce3d040302";
const COMMON_NAME = "550403";
const SUBJECT_ALT_NAME = "551d11";

/** In the shortest form, which DER demands. */
const lengthOf = (bytes: number): Buffer => {
  if (bytes < 0x80) return Buffer.from([bytes]);
  return bytes < 0x100 ? Buffer.from([0x81, bytes]) : Buffer.from([0x82, bytes >> 8, bytes & 0xff]);
};

/** A value with its tag and length (DER). */
const der = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
};

const sequence = (...parts: Uint8Array[]): Buffer => der(TAGS.sequence, ...parts);
const oid = (hex: string): Buffer => der(TAGS.oid, Buffer.from(hex, "hex"));
const time = (atMs: number): Buffer => {
  const digits = new Date(atMs).toISOString().replace(/\D/g, "").slice(2, 14);
  return der(TAGS.time, Buffer.from(`${digits}Z`));
};

const pem = (label: string, bytes: Buffer): string => {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
};

/** A key, and the certificate that says it belongs to this host. */
export const createCertificate = (host: string): Certificate => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const name = sequence(der(TAGS.set, sequence(oid(COMMON_NAME), der(TAGS.text, Buffer.from(host)))));
  const algorithm = sequence(oid(ECDSA_WITH_SHA256));
  const alternatives = sequence(der(DNS_NAME, Buffer.from(host)));
  const toBeSigned = sequence(
    der(VERSION, der(TAGS.integer, Buffer.from([2]))),
    der(TAGS.integer, Buffer.from([1]), randomBytes(8)),
    algorithm,
    name,
    sequence(time(Date.now() - HOUR_MS), time(Date.now() + HOUR_MS)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(EXTENSIONS, sequence(sequence(oid(SUBJECT_ALT_NAME), der(TAGS.octets, alternatives)))),
  );
  const signature = der(TAGS.bits, Buffer.from([0]), sign("sha256", toBeSigned, privateKey));
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: pem("CERTIFICATE", sequence(toBeSigned, algorithm, signature)),
  };
};
