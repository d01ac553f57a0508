import type { Texts } from "./text.ts";

const INSTANT = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "short", timeZone: "UTC" });

export const EN: Texts = {
  instant: (atMs) => `${INSTANT.format(atMs)} (UTC)`,
  mails: {
    "password-changed": ({ username }, { installation, at }) => ({
      subject: `Your ${installation} password was changed`,
      action: `On ${at} the password of your account ${username} was changed, and all other sessions were ended.`,
      ifNotYou:
        "If it was not you, someone has access to your account. Inform the people who run this installation at once: they can lock it.",
    }),
  },
};
