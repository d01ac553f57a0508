/** Asks for a second factor where it is needed: a code, one that is sent, a recovery code, or a passkey. */
import { type Client, FountainError, type Proof } from "../../../../../../clients/typescript/src/index.ts";
import { authenticate, canUsePasskeys } from "../../../pages/browser/passkeys.ts";
import { button, el, field, fill } from "../elements/elements.ts";
import { lookUp } from "./session.ts";

/** What a person reads of a failure. */
export const reasonOf = (error: unknown): string => {
  if (error instanceof FountainError)
    return [error.detail ?? error.title, ...error.errors.map(({ pointer, detail }) => `${pointer}: ${detail}`)].join(
      " ",
    );
  return error instanceof Error ? error.message : String(error);
};

/** The person gave none. */
export class Declined extends Error {
  override readonly message = "Not sent: no second factor was given.";
}

const SENT = { email: "Send a code by mail", sms: "Send a code by text message" } as const;
type Channel = keyof typeof SENT;
const CHANNELS: readonly Channel[] = ["email", "sms"];

/** The kinds of factors that the user has; all of them where that cannot be known. */
const kindsOf = async (client: Client): Promise<Set<string>> => {
  const kinds = new Set<string>();
  try {
    for await (const { type, confirmedAt } of client.list("GET /twofa/factors"))
      if (confirmedAt !== null) kinds.add(type);
    return kinds;
  } catch {
    return new Set(["totp", "webauthn", ...CHANNELS]);
  }
};

const isRecoveryCode = (typed: string): boolean => !/^[\d\s]+$/.test(typed);

/**
 * Shows the question in `place` until the factor is passed by `client`. Throws {@link Declined} if they decline; a refused proof is
 * shown, and they may try again.
 */
export const askSecondFactor = async (place: Element, client: Client, question: string): Promise<void> => {
  const kinds = await kindsOf(client);
  await new Promise<void>((resolve, reject) => {
    let challengeId: string | undefined;
    const code = el("input", { autocomplete: "one-time-code", spellcheck: "false", required: true, maxlength: "64" });
    const said = el("p", { class: "said", role: "alert" });

    const prove = async (proof: () => Promise<Proof>): Promise<void> => {
      fill(said, ["…"]);
      try {
        await client.verify(await proof());
        await lookUp();
        resolve();
      } catch (error) {
        fill(said, [reasonOf(error)]);
        code.select();
      }
    };
    const typed = async (): Promise<Proof> => {
      const text = code.value.trim();
      if (isRecoveryCode(text)) return { recoveryCode: text };
      return { code: text.replace(/\s/g, ""), ...(challengeId !== undefined && { challengeId }) };
    };
    const send = async (channel: Channel): Promise<void> => {
      try {
        const { data } = await client.call("POST /twofa/auth/generate", { body: { channel } });
        ({ challengeId } = data);
        fill(said, ["destination" in data ? `A code is on its way to ${data.destination}.` : "A code is on its way."]);
        code.focus();
      } catch (error) {
        fill(said, [reasonOf(error)]);
      }
    };
    const passkey = async (): Promise<Proof> => {
      const { data } = await client.call("POST /twofa/auth/generate", { body: { channel: "webauthn" } });
      const done = await authenticate(JSON.stringify(data));
      return { challengeId: done.challengeId, response: JSON.parse(done.credential) };
    };

    const form = el(
      "form",
      { class: "question", "aria-label": "Second factor" },
      el("p", {}, question),
      field("Code, or a recovery code", code),
      el(
        "div",
        { class: "row" },
        el("button", {}, "Verify"),
        kinds.has("webauthn") && canUsePasskeys() ? button("Use a passkey", () => void prove(passkey)) : undefined,
        ...CHANNELS.filter((channel) => kinds.has(channel)).map((channel) =>
          button(SENT[channel], () => void send(channel)),
        ),
        button("Cancel", () => reject(new Declined())),
      ),
      said,
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void prove(typed);
    });
    fill(place, [form]);
    code.focus();
  });
};
