/**
 * What the pages do in a browser beyond sending forms: passkeys, and printing. Everything else works without it. Parts that
 * need it are delivered hidden.
 */
import { authenticate, type Ceremony, canUsePasskeys, offerPasskeys, register } from "./passkeys.ts";

const show = (attribute: string): void => {
  for (const element of document.querySelectorAll<HTMLElement>(`[${attribute}]`)) element.hidden = false;
};

const field = (form: HTMLFormElement, name: string): HTMLInputElement | null =>
  form.querySelector<HTMLInputElement>(`input[name="${name}"]`);

/** Sends the form with what the authenticator has returned. */
const send = (form: HTMLFormElement, { credential, challengeId }: Ceremony): void => {
  for (const [name, value] of Object.entries({ credential, challengeId })) {
    const input = field(form, name);
    if (input) input.value = value;
  }
  form.submit();
};

const onPress = (form: HTMLFormElement, ceremony: () => Promise<Ceremony | undefined>): void => {
  const failed = form.querySelector<HTMLElement>("[data-failed]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (failed) failed.hidden = true;
    void ceremony().then(
      (done) => done && send(form, done),
      () => {
        if (failed) failed.hidden = false;
      },
    );
  });
};

const CEREMONIES = { authenticate, register };
const isCeremony = (name: string | undefined): name is keyof typeof CEREMONIES =>
  name !== undefined && name in CEREMONIES;

if (canUsePasskeys()) {
  show("data-passkey-only");
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-ceremony]")) {
    const { ceremony, options = "" } = form.dataset;
    if (ceremony === "log-in")
      onPress(
        form,
        offerPasskeys((done) => send(form, done)),
      );
    else if (isCeremony(ceremony)) onPress(form, () => CEREMONIES[ceremony](options));
  }
}
show("data-script-only");
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
