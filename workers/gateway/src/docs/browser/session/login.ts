/** The dialog in which one logs in, and the part of the header that says who is logged in. */
import { authenticate, canUsePasskeys } from "../../../pages/browser/passkeys.ts";
import { button, type Child, el, field, fill } from "../elements/elements.ts";
import { askSecondFactor, reasonOf } from "./second-factor.ts";
import { clientFor, current, logIn, logOut, onChange, useKey, useToken } from "./session.ts";

const said = (): HTMLElement => el("p", { class: "said", role: "alert" });

/** Does this, and shows why it failed. */
const attempt = async (place: Element, work: () => Promise<void>): Promise<void> => {
  fill(place, ["…"]);
  try {
    await work();
    fill(place, []);
  } catch (error) {
    fill(place, [reasonOf(error)]);
  }
};

const onSubmit = (form: HTMLFormElement, work: () => void): void => {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    work();
  });
};

const secretInput = (autocomplete: string): HTMLInputElement =>
  el("input", { type: "password", autocomplete, required: true, spellcheck: "false", maxlength: "16384" });

const passwordForm = (dialog: HTMLDialogElement): HTMLFormElement => {
  const username = el("input", { autocomplete: "username", required: true, spellcheck: "false", maxlength: "256" });
  const password = secretInput("current-password");
  const failed = said();
  const byPasskey = async (): Promise<void> => {
    const { data } = await clientFor({ isAnonymous: true }).call("POST /kms/login/passkey/options");
    const { challengeId, credential } = await authenticate(JSON.stringify(data));
    await logIn({ challengeId, response: JSON.parse(credential) });
    dialog.close();
  };
  const byPassword = async (): Promise<void> => {
    await logIn({ username: username.value, password: password.value });
    if (current()?.canStepUp) await askIn(dialog);
    dialog.close();
  };
  const form = el(
    "form",
    {},
    field("Username", username),
    field("Password", password),
    el(
      "div",
      { class: "row" },
      el("button", {}, "Log in"),
      canUsePasskeys() ? button("Use a passkey", () => void attempt(failed, byPasskey)) : undefined,
    ),
    failed,
  );
  onSubmit(form, () => void attempt(failed, byPassword));
  return form;
};

const KINDS = { token: "Access token", key: "API key" } as const;

const pasteForm = (dialog: HTMLDialogElement): HTMLFormElement => {
  const kind = el("select", {}, ...Object.entries(KINDS).map(([value, name]) => el("option", { value }, name)));
  const secret = secretInput("off");
  const failed = said();
  const form = el("form", {}, field("Kind", kind), field("Credential", secret), el("button", {}, "Use it"), failed);
  onSubmit(form, () =>
    attempt(failed, async () => {
      if (kind.value === "key") useKey(secret.value.trim());
      else await useToken(secret.value.trim());
      dialog.close();
    }),
  );
  return form;
};

/** Shows these in the dialog, below its title. */
const show = (dialog: HTMLDialogElement, title: string, ...content: Child[]): void =>
  fill(dialog, [
    el(
      "div",
      { class: "dialog-bar" },
      el("h2", {}, title),
      button("Close", () => dialog.close()),
    ),
    ...content,
  ]);

/** Asks for the second factor in the dialog. To decline is no failure: calls that need it ask again. */
const askIn = async (dialog: HTMLDialogElement): Promise<void> => {
  const place = el("div", {});
  show(dialog, "Second factor", place);
  const question = "Calls marked step-up need it within five minutes. You may also be asked when you send one.";
  await askSecondFactor(place, clientFor(), question).catch(() => {});
};

const loginContent = (dialog: HTMLDialogElement): Child[] => [
  passwordForm(dialog),
  el("details", {}, el("summary", {}, "Use a token or an API key"), pasteForm(dialog)),
  el("p", { class: "soft" }, "Credentials stay in this page until you log out, reload or close it."),
];

const openDialog = (dialog: HTMLDialogElement, fillIn: () => void): void => {
  fillIn();
  dialog.showModal();
};

/** The part of the header. `forget` is called when no one is logged in any more. */
export const createLogin = (place: Element, live: Element, forget: () => void): void => {
  const dialog = el("dialog", { "aria-label": "Log in" });
  // Nothing of what was typed is left.
  dialog.addEventListener("close", () => fill(dialog, []));
  document.body.append(dialog);

  let wasActing = false;
  const update = (): void => {
    const acting = current();
    if (acting === undefined) {
      fill(place, [
        button("Log in", () => openDialog(dialog, () => show(dialog, "Log in", ...loginContent(dialog))), "main"),
      ]);
      live.textContent = wasActing ? "Logged out. This page has forgotten the session." : "";
      wasActing = false;
      live.className = "";
      forget();
      return;
    }
    wasActing = true;
    // The header shows it.
    live.className = "quiet";
    const { who, canStepUp, isSecondFactorPassed } = acting;
    live.textContent = `Acting as ${who}${isSecondFactorPassed ? ", second factor passed" : ""}.`;
    fill(place, [
      el("span", { class: "who" }, who, isSecondFactorPassed ? el("small", {}, " two factors") : undefined),
      canStepUp
        ? button("Second factor", () => openDialog(dialog, () => void askIn(dialog).then(() => dialog.close())))
        : undefined,
      button("Log out", () => void logOut()),
    ]);
  };
  onChange(update);
  update();
};
