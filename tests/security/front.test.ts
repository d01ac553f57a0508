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
