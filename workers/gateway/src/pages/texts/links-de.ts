/** What the pages say in German to which links in mails lead. */
import type { LinkTexts } from "./links-en.ts";

export const LINKS_DE: LinkTexts = {
  forgot: {
    title: "Passwort vergessen",
    lead: "Ein Link und ein Code für ein neues Passwort gehen an die bestätigte E-Mail-Adresse Ihres Kontos.",
    login: "Benutzername oder E-Mail-Adresse",
    submit: "Senden",
    sentTitle: "Sehen Sie in Ihre E-Mail",
    sent: "Wenn es ein solches Konto mit einer bestätigten Adresse gibt, ist eine E-Mail unterwegs. Öffnen Sie den Link darin, oder geben Sie den Code hier ein.",
    codeTitle: "Code eingeben",
    nothing:
      "Nichts angekommen? Vielleicht liegt es im Spamordner; an eine Adresse gehen höchstens fünf in der Stunde. Wenn Ihre nie bestätigt wurde, wenden Sie sich an die Verwaltung.",
    again: "Noch einmal senden",
  },
  reset: {
    title: "Neues Passwort",
    lead: "Es beendet alle Ihre Sitzungen. Nach einem zweiten Faktor wird weiterhin gefragt.",
    code: "Code aus der E-Mail",
    submit: "Passwort setzen",
    codeRefused: "Dieser Code ist falsch, abgelaufen oder schon benutzt. Es wurde nichts geändert.",
    linkRefused: "Dieser Link ist falsch, abgelaufen oder schon benutzt. Es wurde nichts geändert.",
    again: "Einen neuen Link senden lassen",
    done: "Ihr neues Passwort gilt, und alle Ihre Sitzungen sind beendet. Melden Sie sich damit an.",
  },
  recover: {
    title: "Konto wiederherstellen",
    lead: "Wählen Sie ein neues Passwort. Alle Ihre zweiten Faktoren und Wiederherstellungscodes werden entfernt und alle Sitzungen beendet.",
    submit: "Konto wiederherstellen",
    refused:
      "Dieser Link ist falsch, abgelaufen oder schon benutzt. Es wurde nichts geändert. Erstellen Sie einen neuen auf dem Rechner, auf dem diese Installation läuft.",
    done: "Ihr neues Passwort gilt, Ihre zweiten Faktoren sind entfernt und alle Sitzungen beendet. Melden Sie sich an, und richten Sie sofort einen zweiten Faktor ein.",
  },
  firstLogin: {
    title: (installation) => `Willkommen bei ${installation}`,
    lead: "Sie verwalten diese Installation. Wählen Sie das Passwort, mit dem Sie sich von nun an anmelden.",
    submit: "Passwort setzen und anmelden",
    deadTitle: "Dieser Link gilt nicht mehr",
    refused:
      "Er wurde benutzt, ist über eine Stunde alt, oder ein späterer Start hat einen neuen erstellt. Melden Sie sich mit Ihrem Passwort an, oder starten Sie Fountain noch einmal auf einem Terminal, um einen neuen Link zu bekommen.",
  },
  invitation: {
    title: "Sie sind eingeladen",
    lead: "Legen Sie Ihr Konto an.",
    usernameHint: "Die Einladung sieht diesen Namen vor. Sie können einen anderen wählen.",
    refused:
      "Diese Einladung ist falsch, abgelaufen, zurückgezogen oder schon benutzt. Bitten Sie um eine neue, wer Sie eingeladen hat.",
  },
  signUpByMail: {
    lead: "Ein Link, mit dem Sie Ihr Konto anlegen, geht an Ihre E-Mail-Adresse.",
    submit: "Senden",
    sentTitle: "Sehen Sie in Ihre E-Mail",
    sent: (email) =>
      `Eine E-Mail an ${email} ist unterwegs. Öffnen Sie den Link darin, um Ihr Konto anzulegen. Wenn Sie mit dieser Adresse schon ein Konto haben, steht das in der E-Mail.`,
    nothing: "Nichts angekommen? Vielleicht liegt es im Spamordner, oder die Adresse enthält einen Tippfehler.",
    accountLead: "Wählen Sie einen Benutzernamen und ein Passwort.",
    refused: "Dieser Link ist falsch, abgelaufen oder schon benutzt, oder Sie haben inzwischen ein Konto.",
    again: "Einen neuen Link senden lassen",
  },
  email: {
    title: "E-Mail-Adresse",
    linkWhy: "Bestätigen Sie, dass die Adresse, an die dieser Link ging, Ihre ist.",
    confirm: "Adresse bestätigen",
    codeTitle: "Code eingeben",
    codeWhy: "Er steht in der E-Mail neben dem Link. Beide gelten 24 Stunden.",
    code: "Code aus der E-Mail",
    changeTitle: "Eine andere Adresse",
    sendTitle: "Die E-Mail noch einmal senden",
    changeWhy:
      "Ein Link und ein Code gehen an diese Adresse, höchstens fünfmal in der Stunde. Sie gilt, sobald Sie sie bestätigt haben.",
    send: "Senden",
    sent: "Eine E-Mail ist unterwegs. Öffnen Sie den Link darin, oder geben Sie den Code hier ein.",
    refused:
      "Dieser Link oder Code ist falsch, abgelaufen, schon benutzt oder für ein anderes Konto. Lassen Sie eine neue E-Mail senden.",
    verified: "bestätigt",
    unverified: "nicht bestätigt",
    manage: "Adresse ändern oder bestätigen",
    add: "Eine Adresse hinzufügen",
    done: "Ihre E-Mail-Adresse ist bestätigt.",
  },
};
