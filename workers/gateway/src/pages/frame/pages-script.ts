/** Compiled from browser/pages.ts by `npm run fix`. */
export const PAGES_SCRIPT = `
"use strict";
(() => {
  // passkeys.ts
  var canUsePasskeys = () => typeof PublicKeyCredential === "function" && "parseCreationOptionsFromJSON" in PublicKeyCredential && "parseRequestOptionsFromJSON" in PublicKeyCredential;
  var result = (credential, { challengeId }) => {
    if (credential === null) throw new Error("the authenticator has returned nothing");
    return { credential: JSON.stringify(credential), challengeId };
  };
  var authenticate = async (options) => {
    const parsed = JSON.parse(options);
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(parsed);
    return result(await navigator.credentials.get({ publicKey }), parsed);
  };
  var register = async (options) => {
    const parsed = JSON.parse(options);
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(parsed);
    return result(await navigator.credentials.create({ publicKey }), parsed);
  };
  var loginOptions = async () => {
    const response = await fetch("/kms/login/passkey/options", { method: "POST" });
    if (!response.ok) throw new Error(\`the options responded \${response.status}\`);
    return response.json();
  };
  var offerPasskeys = (onChosen) => {
    const offer = new AbortController();
    const ask = async (more) => {
      const options = await loginOptions();
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
      return result(await navigator.credentials.get({ ...more, publicKey }), options);
    };
    const suggest = async () => {
      if (!await PublicKeyCredential.isConditionalMediationAvailable?.()) return;
      onChosen(await ask({ mediation: "conditional", signal: offer.signal }));
    };
    suggest().catch(() => {
    });
    return () => {
      offer.abort();
      return ask({});
    };
  };

  // pages.ts
  var show = (attribute) => {
    for (const element of document.querySelectorAll(\`[\${attribute}]\`)) element.hidden = false;
  };
  var field = (form, name) => form.querySelector(\`input[name="\${name}"]\`);
  var send = (form, { credential, challengeId }) => {
    for (const [name, value] of Object.entries({ credential, challengeId })) {
      const input = field(form, name);
      if (input) input.value = value;
    }
    form.submit();
  };
  var onPress = (form, ceremony) => {
    const failed = form.querySelector("[data-failed]");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (failed) failed.hidden = true;
      void ceremony().then(
        (done) => done && send(form, done),
        () => {
          if (failed) failed.hidden = false;
        }
      );
    });
  };
  var CEREMONIES = { authenticate, register };
  var isCeremony = (name) => name !== void 0 && name in CEREMONIES;
  if (canUsePasskeys()) {
    show("data-passkey-only");
    for (const form of document.querySelectorAll("form[data-ceremony]")) {
      const { ceremony, options = "" } = form.dataset;
      if (ceremony === "log-in")
        onPress(
          form,
          offerPasskeys((done) => send(form, done))
        );
      else if (isCeremony(ceremony)) onPress(form, () => CEREMONIES[ceremony](options));
    }
  }
  show("data-script-only");
  for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
})();
`;
