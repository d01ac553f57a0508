import { describe, expect, test } from "vitest";
import { parseBindings, publicUrl } from "#shared/http/bindings.ts";
import { installationBindings } from "#shared/settings/installation.ts";
import { settingsSchema } from "#shared/settings/settings.ts";
import { relyingPartyBindings, relyingPartyOf, relyingPartyRules } from "./relying-party.ts";

const schema = settingsSchema(
  { PUBLIC_URL: publicUrl, ...installationBindings, ...relyingPartyBindings },
  relyingPartyRules,
);
const PUBLIC = "https://fountain.example.com";
const read = (bindings: Record<string, string | null>, PUBLIC_URL = PUBLIC) =>
  relyingPartyOf(parseBindings(schema, { PUBLIC_URL, ...bindings }));

describe("for whom passkeys are made", () => {
  test("is the host of PUBLIC_URL, and its pages, where nothing is said", () => {
    const expected = { id: "fountain.example.com", name: "Fountain", origins: ["https://fountain.example.com"] };
    expect(read({})).toEqual(expected);
    expect(read({ WEBAUTHN_RP_ID: "", WEBAUTHN_ORIGINS: null })).toEqual(expected);
    expect(read({ INSTALLATION_NAME: "Films (staging)" }).name).toBe("Films (staging)");
    expect(read({}, "http://localhost:8787")).toMatchObject({ id: "localhost", origins: ["http://localhost:8787"] });
  });

  test("is a domain above the pages that the operator names", () => {
    const origins = "https://www.example.com, https://app.example.com:8443";
    expect(read({ WEBAUTHN_RP_ID: "example.com", WEBAUTHN_ORIGINS: origins })).toMatchObject({
      id: "example.com",
      origins: ["https://www.example.com", "https://app.example.com:8443"],
    });
  });

  test.each(["https://www.example.com/", "http://www.example.com", "www.example.com", "*", "null"])(
    "is no page of %s, which is no origin that browsers make passkeys on",
    (origin) => {
      expect(() => read({ WEBAUTHN_ORIGINS: origin })).toThrow("WEBAUTHN_ORIGINS is not usable");
    },
  );

  test.each(["https://example.com", "example.com:443", "Example.com", "127.0.0.1", "*.example.com"])(
    "is not %s, which is no domain",
    (id) => {
      expect(() => read({ WEBAUTHN_RP_ID: id })).toThrow("WEBAUTHN_RP_ID is not usable");
    },
  );

  test("is refused, with the name of the page, where a browser would refuse it", () => {
    const settings = { WEBAUTHN_RP_ID: "example.com", WEBAUTHN_ORIGINS: "https://badexample.com" };
    expect(() => read(settings)).toThrow("WEBAUTHN_ORIGINS has https://badexample.com");
    expect(() => read({ WEBAUTHN_RP_ID: "example.org" })).toThrow(
      "WEBAUTHN_RP_ID is example.org, and PUBLIC_URL is not in",
    );
    expect(read({ WEBAUTHN_RP_ID: "example.com" }).origins).toEqual([PUBLIC]);
  });
});
