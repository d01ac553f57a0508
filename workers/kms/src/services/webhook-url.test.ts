import { expect, test } from "vitest";
import { webhookUrlFault } from "./webhook-url.ts";

test.for([
  "https://example.com/hooks/fountain?tenant=7",
  "https://example.com:8443/",
  "https://198.51.99.7/",
  "https://[2606:4700::1111]/",
])("lets webhooks go to %s", (url) => {
  expect(webhookUrlFault(url, false)).toBeUndefined();
});

test.for([
  "http://example.com/",
  "ftp://example.com/",
  "example.com",
  "javascript:alert(1)",
  "https://user:secret@example.com/",
  `https://example.com/?key=ftn_${"k".repeat(60)}`,
  "https://localhost/",
  "https://db.localhost./",
  "https://kms.internal/",
  "https://127.0.0.1/",
  "https://127.1/",
  "https://2130706433/",
  "https://0x7f.0.0.1/",
  "https://10.0.0.1/",
  "https://172.16.3.4/",
  "https://192.168.1.1/",
  "https://169.254.169.254/latest/meta-data/",
  "https://100.64.0.1/",
  "https://0.0.0.0/",
  "https://[::1]/",
  "https://[::]/",
  "https://[fe80::1]/",
  "https://[fd00::1]/",
  "https://[::ffff:10.0.0.1]/",
  `https://example.com/${"x".repeat(2_048)}`,
])("lets no webhook go to %s", (url) => {
  expect(webhookUrlFault(url, false)).toBeDefined();
});

test("lets them go to any host where the operator says so, but never with credentials", () => {
  expect(webhookUrlFault("http://127.0.0.1:9000/hook", true)).toBeUndefined();
  expect(webhookUrlFault("http://user:secret@127.0.0.1/", true)).toBeDefined();
  expect(webhookUrlFault("file:///etc/passwd", true)).toBeDefined();
});
