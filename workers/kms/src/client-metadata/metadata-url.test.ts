import { expect, test } from "vitest";
import { isMetadataUrl } from "./metadata-url.ts";

const ISSUER = "https://fountain.example";
const PATH = "/client.json";

test.for([
  `https://app.example${PATH}`,
  `https://app.example:8443${PATH}`,
  "https://app.example/a/b/",
  "https://xn--bcher-kva.example/%C3%BC",
])("%s can be a client", (url) => {
  expect(isMetadataUrl(url, ISSUER)).toBe(true);
});

test.for([
  "client_1",
  `http://app.example${PATH}`,
  `HTTPS://app.example${PATH}`,
  `https://APP.example${PATH}`,
  "https://app.example",
  "https://app.example/",
  `https://app.example:443${PATH}`,
  `https://app.example${PATH}?a=b`,
  `https://app.example${PATH}#a`,
  `https://user@app.example${PATH}`,
  `https://user:password@app.example${PATH}`,
  `https://app.example/../a${PATH}`,
  `https://app.example/./a${PATH}`,
  "https://app.example/a/..",
  `https://app.example/%2e%2E/a${PATH}`,
  `https://app.example\\a${PATH}`,
  `https://app.example/a b${PATH}`,
  `https://bücher.example${PATH}`,
  `https://fountain.example${PATH}`,
  `https://fountain.example.${PATH}`,
  `https://fountain.example:8443${PATH}`,
  `https://localhost${PATH}`,
  `https://intranet${PATH}`,
  `https://kms.internal${PATH}`,
  `https://printer.local${PATH}`,
  `https://127.0.0.1${PATH}`,
  `https://127.1${PATH}`,
  `https://2130706433${PATH}`,
  `https://0x7f.0.0.1${PATH}`,
  `https://10.0.0.1${PATH}`,
  `https://169.254.169.254${PATH}`,
  `https://100.64.0.1${PATH}`,
  `https://[::1]${PATH}`,
  `https://[fe80::1]${PATH}`,
  `https://app.example/ftn_${"k".repeat(60)}`,
  `https://app.example/${"a".repeat(240)}`,
])("%s can not", (url) => {
  expect(isMetadataUrl(url, ISSUER)).toBe(false);
});
