/** What the pages say in English to whom lets a device in. */

export const DEVICE_EN = {
  device: {
    title: "Connect a device",
    lead: "Enter the code that your device or program shows.",
    code: "Code",
    submit: "Continue",
    compare: "Continue only if your device shows exactly this code.",
    phishing:
      "The device with this code gets access. If someone sent you the code or a link to this page, stop here: it is an attempt to get into your account.",
    unknown:
      "No device waits with this code. It may be mistyped, expired or already used. Compare it, or start again on the device.",
    fullTitle: "The command line asks for full access",
    full: "It acts as you: it may do everything that you may, until you end its session.",
    address: "Network address",
    software: "Program",
    yours: "The code on your device has to be:",
    allowed: "The device is connected. It continues by itself in a few seconds, and you can close this page.",
    refused: "The device was refused. It gets no access.",
    ended: "You can end its access under Sessions or Applications at any time.",
  },
};

export type DeviceTexts = typeof DEVICE_EN;
