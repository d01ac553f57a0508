import type { NoticedFactor } from "#shared/contracts/mails.ts";
import type { CodeAction } from "../../model/message.ts";
import type { Texts } from "./text.ts";

const INSTANT = new Intl.DateTimeFormat("de-DE", { dateStyle: "full", timeStyle: "short", timeZone: "UTC" });

const FACTORS: Record<NoticedFactor["type"], string> = {
  totp: "eine Authenticator-App",
  webauthn: "ein Passkey",
  email: "Codes per E-Mail",
  sms: "Codes per Textnachricht",
};

const minutes = (count: number): string => (count === 1 ? "1 Minute" : `${count} Minuten`);

/** Completes "um …". */
const purposeOf = (action: CodeAction): string => {
  switch (action.kind) {
    case "confirm-identity":
      return "zu bestätigen, dass Sie es sind";
    case "confirm-request":
      return `diese eine Anfrage zu bestätigen: ${action.request}`;
    case "add-address":
      return "diese Adresse als zweiten Faktor zu Ihrem Konto hinzuzufügen";
    case "add-phone":
      return "dieses Telefon zu Ihrem Konto hinzuzufügen";
  }
};

export const DE: Texts = {
  instant: (atMs) => `${INSTANT.format(atMs)} Uhr (UTC)`,
  mails: {
    "password-changed": ({ username }, { installation, at }) => ({
      subject: `Ihr Passwort bei ${installation} wurde geändert`,
      action: `Am ${at} wurde das Passwort Ihres Kontos ${username} geändert; alle anderen Sitzungen wurden beendet.`,
      ifNotYou:
        "Wenn Sie das nicht waren, hat jemand Zugang zu Ihrem Konto. Benachrichtigen Sie sofort die Betreiber dieser Installation: Sie können es sperren.",
    }),
    "factors-removed": ({ username }, { installation, at }) => ({
      subject: `Die zweiten Faktoren Ihres Kontos bei ${installation} wurden entfernt`,
      action: `Am ${at} wurden von der Verwaltung alle zweiten Faktoren und Wiederherstellungscodes Ihres Kontos ${username} entfernt und alle Sitzungen beendet.`,
      notes: [
        "Wenn Sie darum gebeten haben, melden Sie sich jetzt mit Ihrem Passwort an, und richten Sie einen neuen zweiten Faktor ein.",
      ],
      ifNotYou:
        "Wenn Sie nicht darum gebeten haben, versucht vielleicht jemand, in Ihr Konto zu kommen, das jetzt nur noch Ihr Passwort schützt. Benachrichtigen Sie sofort die Betreiber dieser Installation: Sie können es sperren.",
    }),
    "password-reset": ({ username, token, code }, { installation, at, publicUrl }) => ({
      subject: `Neues Passwort für ${installation} wählen`,
      action: `Am ${at} hat jemand ein neues Passwort für Ihr Konto ${username} angefordert.`,
      link: { label: "Neues Passwort wählen", url: `${publicUrl}/account/reset?token=${token}` },
      notes: [
        `Oder geben Sie dort, wo Sie es angefordert haben, diesen Code ein: ${code}`,
        "Link und Code gelten einmal und 30 Minuten lang. Ein neues Passwort beendet alle Sitzungen; ein zweiter Faktor wird weiterhin verlangt.",
      ],
      ifNotYou:
        "Wenn Sie das nicht waren, ist nichts zu tun: Ihr Passwort bleibt, wie es ist. Geben Sie Link und Code nie weiter.",
    }),
    invitation: ({ invitedBy, token }, { installation, at, publicUrl }) => ({
      subject: `Einladung zu ${installation}`,
      action: `Am ${at} hat ${invitedBy} Sie eingeladen, ein Konto bei ${installation} zu haben.`,
      link: { label: "Konto anlegen", url: `${publicUrl}/account/invitation?token=${token}` },
      notes: ["Der Link gilt einmal und 72 Stunden lang."],
      ifNotYou:
        "Wenn Sie nicht damit gerechnet haben, ignorieren Sie diese Nachricht: Ohne den Link entsteht kein Konto. Geben Sie ihn nie weiter.",
    }),
    "sign-up": ({ token }, { installation, at, publicUrl }) => ({
      subject: `Ihr Konto bei ${installation} anlegen`,
      action: `Am ${at} hat jemand mit dieser Adresse ein Konto bei ${installation} angefordert.`,
      link: { label: "Konto anlegen", url: `${publicUrl}/account/sign-up?token=${token}` },
      notes: ["Der Link gilt einmal und 24 Stunden lang."],
      ifNotYou:
        "Wenn Sie das nicht waren, ignorieren Sie diese Nachricht: Ohne den Link entsteht kein Konto. Geben Sie ihn nie weiter.",
    }),
    "account-exists": ({ username }, { installation, at, publicUrl }) => ({
      subject: `Sie haben schon ein Konto bei ${installation}`,
      action: `Am ${at} hat jemand mit dieser Adresse ein Konto bei ${installation} angefordert. Ihr Konto ${username} hat diese Adresse.`,
      link: { label: "Anmelden", url: `${publicUrl}/account/login` },
      notes: [`Wenn Sie Ihr Passwort vergessen haben, wählen Sie ein neues: ${publicUrl}/account/forgot`],
      ifNotYou:
        "Wenn Sie das nicht waren, ist nichts zu tun: Ihr Konto bleibt, wie es ist, und niemand erfährt, dass Sie es haben.",
    }),
    "reset-link-created": ({ username }, { installation, at }) => ({
      subject: `Ein Link für ein neues Passwort Ihres Kontos bei ${installation} wurde erstellt`,
      action: `Am ${at} hat ein Administrator einen Link erstellt, mit dem für Ihr Konto ${username} ein neues Passwort gesetzt werden kann. Er gilt einmal und 24 Stunden lang.`,
      ifNotYou:
        "Wenn Sie nicht darum gebeten haben, versucht vielleicht jemand, in Ihr Konto zu kommen. Benachrichtigen Sie sofort die Betreiber dieser Installation: Sie können es sperren.",
    }),
    "recovery-link-created": ({ username }, { installation, at }) => ({
      subject: `Ein Link zur Wiederherstellung Ihres Kontos bei ${installation} wurde erstellt`,
      action: `Am ${at} hat jemand mit Zugang zu dem Rechner, auf dem ${installation} läuft, einen Link erstellt, mit dem für Ihr Konto ${username} ein neues Passwort gesetzt und alle zweiten Faktoren entfernt werden können. Er gilt einmal und 30 Minuten lang.`,
      ifNotYou:
        "Wenn Sie nicht darum gebeten haben, versucht vielleicht jemand, in Ihr Konto zu kommen. Benachrichtigen Sie sofort die Betreiber dieser Installation: Sie können es sperren.",
    }),
    "account-recovered": ({ username }, { installation, at }) => ({
      subject: `Ihr Konto bei ${installation} wurde wiederhergestellt`,
      action: `Am ${at} wurde mit einem Link zur Wiederherstellung ein neues Passwort für Ihr Konto ${username} gesetzt. Alle zweiten Faktoren und Wiederherstellungscodes wurden entfernt und alle Sitzungen beendet.`,
      notes: [
        "Wenn Sie das waren, melden Sie sich jetzt mit dem neuen Passwort an, und richten Sie einen neuen zweiten Faktor ein.",
      ],
      ifNotYou:
        "Wenn Sie das nicht waren, hat jemand Zugang zu Ihrem Konto und zu dem Rechner, auf dem diese Installation läuft. Benachrichtigen Sie sofort ihre Betreiber.",
    }),
    "email-verification": ({ username, token, code }, { installation, at, publicUrl }) => ({
      subject: `Ihre E-Mail-Adresse für ${installation} bestätigen`,
      action: `Am ${at} wurde diese Adresse für das Konto ${username} angegeben.`,
      link: { label: "Diese Adresse bestätigen", url: `${publicUrl}/account/verify-email?token=${token}` },
      notes: [
        `Oder geben Sie dort, wo Sie angemeldet sind, diesen Code ein: ${code}`,
        "Link und Code gelten einmal und 24 Stunden lang.",
      ],
      ifNotYou:
        "Wenn Sie das nicht waren, ignorieren Sie diese Nachricht: Ohne Bestätigung der Adresse geschieht nichts.",
    }),
    "email-changed": ({ username }, { installation, at }) => ({
      subject: `Die E-Mail-Adresse Ihres Kontos bei ${installation} wurde geändert`,
      action: `Am ${at} wurde die E-Mail-Adresse Ihres Kontos ${username} geändert. Nachrichten dazu gehen nicht mehr an diese Adresse.`,
      ifNotYou:
        "Wenn Sie das nicht waren, hat jemand Zugang zu Ihrem Konto. Benachrichtigen Sie sofort die Betreiber dieser Installation: Sie können es sperren.",
    }),
    "factor-added": ({ username, factor }, { installation, at }) => ({
      subject: `Ihrem Konto bei ${installation} wurde ein zweiter Faktor hinzugefügt`,
      action: `Am ${at} wurde Ihrem Konto ${username} ein zweiter Faktor hinzugefügt: ${FACTORS[factor.type]}, mit dem Namen ${factor.name}.`,
      ifNotYou:
        "Wenn Sie das nicht waren, hat jemand Zugang zu Ihrem Konto. Entfernen Sie den Faktor, ändern Sie Ihr Passwort, was alle anderen Sitzungen beendet, und benachrichtigen Sie die Betreiber dieser Installation.",
    }),
    "factor-removed": ({ username, factor }, { installation, at }) => ({
      subject: `Ein zweiter Faktor Ihres Kontos bei ${installation} wurde entfernt`,
      action: `Am ${at} wurde ein zweiter Faktor Ihres Kontos ${username} entfernt: ${FACTORS[factor.type]}, mit dem Namen ${factor.name}.`,
      ifNotYou:
        "Wenn Sie das nicht waren, hat jemand Zugang zu Ihrem Konto. Ändern Sie Ihr Passwort, was alle anderen Sitzungen beendet, und benachrichtigen Sie die Betreiber dieser Installation.",
    }),
    "recovery-codes-replaced": ({ username }, { installation, at }) => ({
      subject: `Neue Wiederherstellungscodes Ihres Kontos bei ${installation}`,
      action: `Am ${at} wurden neue Wiederherstellungscodes für Ihr Konto ${username} erzeugt. Die alten sind ungültig.`,
      ifNotYou:
        "Wenn Sie das nicht waren, hat jemand Zugang zu Ihrem Konto und kommt an seinem zweiten Faktor vorbei. Ändern Sie Ihr Passwort, was alle anderen Sitzungen beendet, erzeugen Sie neue Wiederherstellungscodes, und benachrichtigen Sie die Betreiber dieser Installation.",
    }),
    "recovery-code-used": ({ username }, { installation, at }) => ({
      subject: `Ein Wiederherstellungscode Ihres Kontos bei ${installation} wurde benutzt`,
      action: `Am ${at} wurde einer der Wiederherstellungscodes Ihres Kontos ${username} statt Ihres zweiten Faktors benutzt.`,
      notes: [
        "Wenn Sie das waren, ist nichts zu tun. Jeder Code gilt einmal: Erzeugen Sie neue, bevor sie aufgebraucht sind.",
      ],
      ifNotYou:
        "Wenn Sie das nicht waren, kennt jemand Ihr Passwort und Ihre Wiederherstellungscodes: Ändern Sie Ihr Passwort, was alle anderen Sitzungen beendet, und erzeugen Sie dann neue Wiederherstellungscodes, was die alten ungültig macht.",
    }),
    "new-device": ({ username }, { installation, at }) => ({
      subject: `Neue Anmeldung bei Ihrem Konto bei ${installation}`,
      action: `Am ${at} hat sich jemand bei Ihrem Konto ${username} angemeldet, mit einem Programm oder aus einem Netz, mit dem Sie noch nicht gesehen wurden.`,
      notes: ["Wenn Sie das waren, ist nichts zu tun."],
      ifNotYou:
        "Wenn Sie das nicht waren, kennt jemand Ihr Passwort oder hat Ihren Passkey: Ändern Sie Ihr Passwort, was alle anderen Sitzungen beendet, und sehen Sie nach Ihren zweiten Faktoren.",
    }),
  },
  codeMail: ({ installation, code, action, validMinutes }) => ({
    subject: `Ihr Code von ${installation}`,
    action: `Ihr Code: ${code}`,
    notes: [
      `Geben Sie ihn dort ein, wo Sie danach gefragt wurden, um ${purposeOf(action)}. Er gilt einmal und ${minutes(validMinutes)} lang.`,
      `Geben Sie diesen Code nie weiter. ${installation} fragt Sie nie danach, weder am Telefon noch per E-Mail.`,
    ],
    ifNotYou:
      "Wenn Sie ihn nicht angefordert haben, kennt vielleicht jemand Ihr Passwort: Ändern Sie es, und geben Sie den Code nirgends ein.",
  }),
  codeText: ({ installation, code, action, validMinutes }) =>
    `${code} ist Ihr Code von ${installation}, um ${purposeOf(action)}. Geben Sie ihn nie weiter. ${minutes(validMinutes)} gültig.`,
  origin: ({ device, address }) =>
    `Es kam von ${device ?? "einem Programm, das nicht bekannt ist"}${address === undefined ? "" : `, unter der Adresse ${address}`}.`,
};
