import type { NoticedFactor } from "#shared/contracts/mails.ts";
import type { CodeAction } from "../../model/message.ts";
import type { Texts } from "./text.ts";

const INSTANT = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "short", timeZone: "UTC" });

const FACTORS: Record<NoticedFactor["type"], string> = {
  totp: "an authenticator app",
  webauthn: "a passkey",
  email: "codes by email",
  sms: "codes by text message",
};

const minutes = (count: number): string => (count === 1 ? "1 minute" : `${count} minutes`);

/** Completes "to …". */
const purposeOf = (action: CodeAction): string => {
  switch (action.kind) {
    case "confirm-identity":
      return "confirm that it is you";
    case "confirm-request":
      return `confirm this one request: ${action.request}`;
    case "add-address":
      return "add this address to your account as a second factor";
    case "add-phone":
      return "add this phone to your account";
  }
};

export const EN: Texts = {
  instant: (atMs) => `${INSTANT.format(atMs)} (UTC)`,
  mails: {
    "password-changed": ({ username }, { installation, at }) => ({
      subject: `Your ${installation} password was changed`,
      action: `On ${at} the password of your account ${username} was changed, and all other sessions were ended.`,
      ifNotYou:
        "If it was not you, someone has access to your account. Inform the people who run this installation at once: they can lock it.",
    }),
    "factors-removed": ({ username }, { installation, at }) => ({
      subject: `The second factors of your ${installation} account were removed`,
      action: `On ${at} an administrator removed all second factors and recovery codes of your account ${username}, and ended all sessions.`,
      notes: ["If you asked for it, log in with your password and enrol a new second factor now."],
      ifNotYou:
        "If you did not ask for it, someone may try to get into your account, which only your password protects now. Inform the people who run this installation at once: they can lock it.",
    }),
    "password-reset": ({ username, token, code }, { installation, at, publicUrl }) => ({
      subject: `Choose a new ${installation} password`,
      action: `On ${at} someone asked for a new password for your account ${username}.`,
      link: { label: "Choose a new password", url: `${publicUrl}/account/reset?token=${token}` },
      notes: [
        `Or enter this code where you asked: ${code}`,
        "Link and code work once, for 30 minutes. A new password ends all sessions; a second factor is still asked for.",
      ],
      ifNotYou: "If it was not you, no action is needed: your password stays as it is. Never share link or code.",
    }),
    invitation: ({ invitedBy, token }, { installation, at, publicUrl }) => ({
      subject: `You are invited to ${installation}`,
      action: `On ${at} ${invitedBy} invited you to have an account at ${installation}.`,
      link: { label: "Create your account", url: `${publicUrl}/account/invitation?token=${token}` },
      notes: ["The link works once, for 72 hours."],
      ifNotYou:
        "If you did not expect it, ignore this mail: without the link no account is created. Never share the link.",
    }),
    "sign-up": ({ token }, { installation, at, publicUrl }) => ({
      subject: `Create your ${installation} account`,
      action: `On ${at} someone asked for an account at ${installation} with this address.`,
      link: { label: "Create your account", url: `${publicUrl}/account/sign-up?token=${token}` },
      notes: ["The link works once, for 24 hours."],
      ifNotYou: "If it was not you, ignore this mail: without the link no account is created. Never share the link.",
    }),
    "account-exists": ({ username }, { installation, at, publicUrl }) => ({
      subject: `You already have a ${installation} account`,
      action: `On ${at} someone asked for an account at ${installation} with this address, which your account ${username} has.`,
      link: { label: "Log in", url: `${publicUrl}/account/login` },
      notes: [`If you have forgotten your password, choose a new one: ${publicUrl}/account/forgot`],
      ifNotYou:
        "If it was not you, no action is needed: your account stays as it is, and no one learns that you have it.",
    }),
    "reset-link-created": ({ username }, { installation, at }) => ({
      subject: `A reset link for your ${installation} account was created`,
      action: `On ${at} an administrator created a link by which a new password can be set for your account ${username}. It works once, for 24 hours.`,
      ifNotYou:
        "If you did not ask for it, someone may try to get into your account. Inform the people who run this installation at once: they can lock it.",
    }),
    "recovery-link-created": ({ username }, { installation, at }) => ({
      subject: `A recovery link for your ${installation} account was created`,
      action: `On ${at} someone with access to the machine that runs ${installation} created a link by which a new password can be set for your account ${username}, and its second factors removed. It works once, for 30 minutes.`,
      ifNotYou:
        "If you did not ask for it, someone may try to get into your account. Inform the people who run this installation at once: they can lock it.",
    }),
    "account-recovered": ({ username }, { installation, at }) => ({
      subject: `Your ${installation} account was recovered`,
      action: `On ${at} a new password was set for your account ${username} by a recovery link. All second factors and recovery codes were removed, and all sessions were ended.`,
      notes: ["If it was you, log in with the new password and enrol a new second factor now."],
      ifNotYou:
        "If it was not you, someone has access to your account and to the machine that runs this installation. Inform the people who run it at once.",
    }),
    "email-verification": ({ username, token, code }, { installation, at, publicUrl }) => ({
      subject: `Confirm your email address for ${installation}`,
      action: `On ${at} this address was given for the account ${username}.`,
      link: { label: "Confirm this address", url: `${publicUrl}/account/verify-email?token=${token}` },
      notes: [`Or enter this code where you are logged in: ${code}`, "Link and code work once, for 24 hours."],
      ifNotYou: "If it was not you, ignore this mail: nothing happens unless the address is confirmed.",
    }),
    "email-changed": ({ username }, { installation, at }) => ({
      subject: `The email address of your ${installation} account was changed`,
      action: `On ${at} the email address of your account ${username} was changed. Mails about it no longer go to this address.`,
      ifNotYou:
        "If it was not you, someone has access to your account. Inform the people who run this installation at once: they can lock it.",
    }),
    "factor-added": ({ username, factor }, { installation, at }) => ({
      subject: `A second factor was added to your ${installation} account`,
      action: `On ${at} a second factor was added to your account ${username}: ${FACTORS[factor.type]}, with the name ${factor.name}.`,
      ifNotYou:
        "If it was not you, someone has access to your account. Remove the factor, change your password, which ends all other sessions, and inform the people who run this installation.",
    }),
    "factor-removed": ({ username, factor }, { installation, at }) => ({
      subject: `A second factor was removed from your ${installation} account`,
      action: `On ${at} a second factor was removed from your account ${username}: ${FACTORS[factor.type]}, with the name ${factor.name}.`,
      ifNotYou:
        "If it was not you, someone has access to your account. Change your password, which ends all other sessions, and inform the people who run this installation.",
    }),
    "recovery-codes-replaced": ({ username }, { installation, at }) => ({
      subject: `New recovery codes of your ${installation} account`,
      action: `On ${at} new recovery codes were created for your account ${username}. The old ones are invalid.`,
      ifNotYou:
        "If it was not you, someone has access to your account and can pass its second factor. Change your password, which ends all other sessions, create new recovery codes, and inform the people who run this installation.",
    }),
    "recovery-code-used": ({ username }, { installation, at }) => ({
      subject: `A recovery code of your ${installation} account was used`,
      action: `On ${at} one of the recovery codes of your account ${username} was used instead of your second factor.`,
      notes: [
        "If that was you, no action is needed. Each recovery code works once: create new ones before you run out.",
      ],
      ifNotYou:
        "If it was not you, someone knows your password and has your recovery codes: change your password, which ends all other sessions, and then create new recovery codes, which invalidates the old ones.",
    }),
    "new-device": ({ username }, { installation, at }) => ({
      subject: `New login to your ${installation} account`,
      action: `On ${at} someone logged in to your account ${username} with software, or from a network, that you were not seen with before.`,
      notes: ["If that was you, no action is needed."],
      ifNotYou:
        "If it was not you, someone knows your password or has your passkey: change your password, which ends all other sessions, and look at your second factors.",
    }),
  },
  codeMail: ({ installation, code, action, validMinutes }) => ({
    subject: `Your ${installation} code`,
    action: `Your code is ${code}`,
    notes: [
      `Enter it where you were asked for it, to ${purposeOf(action)}. It works once, for ${minutes(validMinutes)}.`,
      `Never share this code. ${installation} never asks you for it, neither by phone nor by email.`,
    ],
    ifNotYou:
      "If you did not request it, someone may know your password: change it, and do not enter the code anywhere.",
  }),
  codeText: ({ installation, code, action, validMinutes }) =>
    `${code} is your ${installation} code to ${purposeOf(action)}. Never share it, as ${installation} never asks for it. Valid ${minutes(validMinutes)}.`,
  origin: ({ device, address }) =>
    `It came from ${device ?? "software that is not known"}${address === undefined ? "" : `, at the address ${address}`}.`,
};
