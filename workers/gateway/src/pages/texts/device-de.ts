/** What the pages say in German to whom lets a device in. */
import type { DeviceTexts } from "./device-en.ts";

export const DEVICE_DE: DeviceTexts = {
  device: {
    title: "Gerät verbinden",
    lead: "Geben Sie den Code ein, den Ihr Gerät oder Programm anzeigt.",
    code: "Code",
    submit: "Weiter",
    compare: "Fahren Sie nur fort, wenn Ihr Gerät genau diesen Code anzeigt.",
    phishing:
      "Das Gerät mit diesem Code bekommt Zugriff. Hat Ihnen jemand den Code oder einen Link auf diese Seite geschickt, hören Sie hier auf: Jemand versucht, in Ihr Konto zu gelangen.",
    unknown:
      "Mit diesem Code wartet kein Gerät. Vielleicht ist er falsch abgetippt, abgelaufen oder schon benutzt. Vergleichen Sie ihn, oder beginnen Sie auf dem Gerät noch einmal.",
    fullTitle: "Die Befehlszeile bittet um vollen Zugriff",
    full: "Sie handelt in Ihrem Namen: Sie darf alles, was Sie dürfen, bis Sie ihre Sitzung beenden.",
    address: "Netzadresse",
    software: "Programm",
    yours: "Auf Ihrem Gerät muss dieser Code stehen:",
    allowed:
      "Das Gerät ist verbunden. Es macht in ein paar Sekunden von selbst weiter; diese Seite können Sie schließen.",
    refused: "Das Gerät ist abgewiesen. Es bekommt keinen Zugriff.",
    ended: "Seinen Zugriff können Sie jederzeit unter „Sitzungen“ oder „Anwendungen“ beenden.",
  },
};
