/** The messages that users get: they name the action, and warn against sharing the code. */
import type { SendingChannel } from "./challenge.ts";

export interface Message {
  destination: string;
  subject: string;
  text: string;
  /** The same for mail readers that show it. */
  html?: string;
  /** The same at every attempt, so that a mail server or reader recognizes what it has had. */
  id?: string;
}

export interface CodeMessage {
  channel: SendingChannel;
  destination: string;
  code: string;
  /** What the code does, to complete "to …". */
  action: string;
  validMinutes: number;
}

const minutes = (count: number): string => (count === 1 ? "1 minute" : `${count} minutes`);

const emailText = ({ code, action, validMinutes }: CodeMessage): string => `Your code is ${code}

Enter it where you were asked for it, to ${action}. It works once, for ${minutes(validMinutes)}.

Never share this code. Fountain never asks you for it, neither by phone nor by email.

If you did not request it, someone may know your password: change it, and do not enter the code anywhere.
`;

const smsText = ({ code, action, validMinutes }: CodeMessage): string =>
  `${code} is your Fountain code to ${action}. Never share it, as Fountain never asks for it. Valid ${minutes(validMinutes)}.`;

/** The message with a code. The subject has none, because locked screens show it. */
export const codeMessage = (told: CodeMessage): Message => ({
  destination: told.destination,
  subject: "Your Fountain code",
  text: told.channel === "email" ? emailText(told) : smsText(told),
});

/** Says that a recovery code was used, in case someone else used it. */
export const recoveryCodeUsed = (destination: string, usedAtMs: number): Message => ({
  destination,
  subject: "A recovery code of your Fountain account was used",
  text: `On ${new Date(usedAtMs).toUTCString()} one of your recovery codes was used instead of your second factor.

If that was you, no action is needed. Each recovery code works once: create new ones before you run out.

If it was not you, someone knows your password and has your recovery codes: change your password, which ends all other
sessions, and then create new recovery codes, which invalidates the old ones.
`,
});
