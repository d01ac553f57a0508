import type { Texts } from "./text.ts";

const INSTANT = new Intl.DateTimeFormat("de-DE", { dateStyle: "full", timeStyle: "short", timeZone: "UTC" });

export const DE: Texts = {
  instant: (atMs) => `${INSTANT.format(atMs)} Uhr (UTC)`,
  mails: {
    "password-changed": ({ username }, { installation, at }) => ({
      subject: `Ihr Passwort bei ${installation} wurde geändert`,
      action: `Am ${at} wurde das Passwort Ihres Kontos ${username} geändert; alle anderen Sitzungen wurden beendet.`,
      ifNotYou:
        "Wenn Sie das nicht waren, hat jemand Zugang zu Ihrem Konto. Benachrichtigen Sie sofort die Betreiber dieser Installation: Sie können es sperren.",
    }),
  },
};
