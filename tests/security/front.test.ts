/** What the Caddyfile does not do; tests/compose/front.spec.ts tries what it does. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const caddyfile = readFileSync(path.join(import.meta.dirname, "../../Caddyfile"), "utf8").replace(/^\s*#.*$/gm, "");

test("certificates are those that Caddy gets for the name by itself, from an authority that browsers know", () => {
  // Without `tls`, `acme_ca`, `cert_issuer`, `local_certs` or `auto_https` Caddy asks Let's Encrypt or ZeroSSL for DOMAIN.
  expect(caddyfile).not.toMatch(/^\s*(?:tls|acme_ca|cert_issuer|local_certs|auto_https)\b/m);
  expect(caddyfile).toMatch(/^\{\$DOMAIN:localhost\} \{$/m);
});

test("no old protocol is let in, and no certificate of a client makes anybody somebody", () => {
  expect(caddyfile).not.toMatch(/\b(?:protocols\s+tls|client_auth|ciphers|insecure)/);
});

test("no file of the container is served, no folder listed, nothing switched to debugging", () => {
  expect(caddyfile).not.toMatch(/^\s*(?:file_server|browse|root|templates|debug|php_fastcgi)\b/m);
});

test("the only redirect goes to the same path under the installation's own name", () => {
  const redirects = caddyfile.match(/^\s*redir\b.*$/gm)?.map((line) => line.trim());
  expect(redirects).toEqual(["redir @page https://{$DOMAIN:localhost}{uri} 308"]);
});

test("what Caddy logs of an address has no query and no credential in it", () => {
  const [, pattern = ""] = /request>uri regexp "(.*)" ""$/m.exec(caddyfile) ?? [];
  const logged = (uri: string): string => uri.replaceAll(new RegExp(pattern, "g"), "");
  const secret = "k".repeat(43);
  expect(logged(`/kms/me?access_token=${secret}`)).toBe("/kms/me");
  for (const credential of [
    `ftn_abcdefgh_${secret}_abcdef`,
    `ftr_${secret}`,
    `fwt_${secret}`,
    `eyJhbGciOi.eyJzdWIi.${secret}`,
  ])
    expect(logged(`/kms/keys/${credential}/x?y=1`)).toBe("/kms/keys//x");
  expect(logged("/service-a/scripts/7.fountain")).toBe("/service-a/scripts/7.fountain");
});
