/** What an operator sets of the pages: how the installation looks, and where its terms are. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openVisitor } from "../support/gateway/visitor.ts";
import { type Fountain, startFountain } from "../support/harness.ts";

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8"/></svg>';
const LOGO = `data:image/svg+xml;base64,${Buffer.from(SVG).toString("base64")}`;

let fountain: Fountain;
beforeAll(async () => {
  const settings = {
    ...{ INSTALLATION_NAME: "Films & Co.", INSTALLATION_LOGO: LOGO, DEFAULT_LANGUAGE: "de" },
    ...{ TERMS_URL: "https://films.example/terms?a=1&b=2", PRIVACY_URL: "https://films.example/privacy" },
  };
  fountain = await startFountain({ settings });
});
afterAll(() => fountain?.stop());

test("pages show the name, the logo and the links of the installation, in its language for those who ask for none", async () => {
  const { html, text } = await openVisitor(fountain).get("/account/login");
  expect(html).toContain('<html lang="de">');
  expect(html).toContain("<title>Anmelden · Films &amp; Co.</title>");
  expect(html).toContain(`<img src="${LOGO}" alt=""`);
  expect(html).toContain('<a href="https://films.example/terms?a=1&amp;b=2" rel="noreferrer">Nutzungsbedingungen</a>');
  expect(html).toContain('<a href="https://films.example/privacy" rel="noreferrer">Datenschutzerklärung</a>');
  expect(text).not.toContain("Fountain");
  expect((await openVisitor(fountain).get("/account/login", { "accept-language": "fr, en;q=0.5" })).text).toContain(
    "Terms of use",
  );
});
