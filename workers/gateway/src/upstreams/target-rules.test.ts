import { expect, test } from "vitest";
import { createTargetRules } from "./target-rules.ts";

const rules = createTargetRules({
  publicUrl: "https://fountain.example.com",
  internalPorts: new Set([8787, 8788]),
  bindings: new Set(["NOTES"]),
});

const ADDRESS = /address$/;
const METADATA = /metadata service$/;
const ITSELF = /Fountain itself$/;
const UNBOUND = /service binding/;

test.for([
  // Cloud metadata, in every way to write an IPv4 address.
  ...["169.254.169.254", "2852039166", "0251.0376.0251.0376", "0xa9fea9fe", "0xA9.0xFE.0xA9.0xFE", "169.254.43518"],
  ...[
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[0:0:0:0:0:ffff:a9fe:a9fe]",
    "169.254.170.2",
    "169.254.169.254.",
  ],
  ...["[fe80::1]", "[febf::1]", "[fd00:ec2::254]", "[fd20:ce::254]", "100.100.100.200", "168.63.129.16"],
  ...["[64:ff9b::169.254.169.254]", "[2002:a9fe:a9fe::]", "[::169.254.169.254]"],
  // This host, and what is none.
  ...["0.0.0.0", "0", "0x0", "00000", "0.1.2.3", "[::]", "[::0]", "[::127.0.0.1]", "[::ffff:0.0.0.0]"],
  ...["224.0.0.1", "239.255.255.250", "255.255.255.255", "[ff02::1]", "%31%36%39.254.169.254", "１６９.254.169.254"],
])("no upstream is at the address %s", (host) => {
  expect(rules(`http://${host}:9000`)).toMatch(ADDRESS);
});

test.for([
  ["http://metadata.google.internal", METADATA],
  ["http://METADATA.google.internal./computeMetadata", METADATA],
  ["http://metadata", METADATA],
  ["http://instance-data:80", METADATA],
  ["https://fountain.example.com", ITSELF],
  ["http://Fountain.Example.com:443/notes", ITSELF],
  ["http://127.0.0.1:8788", ITSELF],
  ["http://localhost:8787", ITSELF],
  ["http://[::1]:8787", ITSELF],
  ["http://10.0.0.7:8788", ITSELF],
  ["http://kms.db:9000", ITSELF],
  ["binding:KMS", UNBOUND],
  ["binding:UPSTREAMS", UNBOUND],
] as const)("no upstream is at %s", ([target, refusal]) => {
  expect(rules(target)).toMatch(refusal);
});

test.for([
  ...[
    "http://127.0.0.1:9000",
    "http://localhost:9000",
    "http://[::1]:9000",
    "http://10.0.0.7:9000",
    "http://notes:3000",
  ],
  ...["https://notes.example.com", "http://93.184.216.34:8787", "http://fountain.example.com:9000", "binding:NOTES"],
])("an upstream may be at %s", (target) => {
  expect(rules(target)).toBeUndefined();
});
