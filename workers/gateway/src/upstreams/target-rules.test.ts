import { expect, test } from "vitest";
import { NEVER_REACHED_HOSTS } from "./never-reached.table.ts";
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
  ...NEVER_REACHED_HOSTS,
  ...["0xA9.0xFE.0xA9.0xFE", "169.254.43518", "169.254.169.254.", "[0:0:0:0:0:ffff:a9fe:a9fe]", "0x0", "00000"],
  ...["[::0]", "%31%36%39.254.169.254", "１６９.254.169.254"],
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
    "http://100.64.0.1:9000",
    "http://198.18.0.1:9000",
    "http://192.0.1.1:9000",
    "http://[64:ff9b::808:808]:9000",
    "http://[2001:200::1]:9000",
    "http://[fd00::1]:9000",
  ],
  ...["https://notes.example.com", "http://93.184.216.34:8787", "http://fountain.example.com:9000", "binding:NOTES"],
])("an upstream may be at %s", (target) => {
  expect(rules(target)).toBeUndefined();
});
