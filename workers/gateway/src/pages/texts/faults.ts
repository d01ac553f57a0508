/** What is wrong with fields that people type into, by the field: the API says it of each rule, in English. */
export interface FaultTexts {
  username: string;
  /** Of a password that is chosen. */
  newPassword: string;
  /** Of one that is asked for. */
  password: string;
  email: string;
  phone: string;
  code: string;
  login: string;
  name: string;
}

/** What is not here, the API says well enough. */
export const FAULTS_EN: Partial<FaultTexts> = {
  code: "This is not a code. Enter it as it is shown or was sent.",
};

export const FAULTS_DE: FaultTexts = {
  username:
    "Ein Benutzername beginnt mit einem Buchstaben oder einer Ziffer. Danach sind Buchstaben, Ziffern und . _ @ + - möglich, aus einer Schrift und höchstens 64 Zeichen.",
  newPassword:
    "Nötig sind mindestens 12 Zeichen, darunter 5 verschiedene, und nichts, was leicht zu erraten ist: keine bekannten Passwörter, keine Namen, Daten oder Tastaturmuster, nicht der eigene Benutzername. Einige Wörter ohne Zusammenhang eignen sich gut.",
  password: "Geben Sie Ihr Passwort ein.",
  email: "Das ist keine E-Mail-Adresse.",
  phone: "Geben Sie die Nummer mit + und Landesvorwahl ein, zum Beispiel +49 151 12345678.",
  code: "Das ist kein Code. Geben Sie ihn ein, wie er angezeigt oder gesendet wurde.",
  login: "Geben Sie einen Benutzernamen oder eine E-Mail-Adresse ein.",
  name: "Ein Name hat 1 bis 64 sichtbare Zeichen.",
};
