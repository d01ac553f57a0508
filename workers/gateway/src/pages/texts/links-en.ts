/** What the pages say in English to which links in mails lead. */

export const LINKS_EN = {
  forgot: {
    title: "Forgotten password",
    lead: "A link and a code for a new password go to the verified email address of your account.",
    login: "Username or email address",
    submit: "Send",
    sentTitle: "Look at your mail",
    sent: "If there is such an account with a verified address, a mail is on its way. Open the link in it, or enter its code here.",
    codeTitle: "Enter the code",
    nothing:
      "Nothing came? It may be among unwanted mail; and at most five of these go to an address in an hour. If yours was never verified, ask an administrator.",
    again: "Ask again",
  },
  reset: {
    title: "New password",
    lead: "It ends all your sessions. A second factor is still asked for.",
    code: "Code from the mail",
    submit: "Set the password",
    codeRefused: "This code is wrong, expired or already used. Nothing was changed.",
    linkRefused: "This link is wrong, expired or already used. Nothing was changed.",
    again: "Have a new link sent",
    done: "Your new password is set, and all your sessions have ended. Log in with it.",
  },
  recover: {
    title: "Recover your account",
    lead: "Choose a new password. All your second factors and recovery codes are removed, and all your sessions end.",
    submit: "Recover the account",
    refused:
      "This link is wrong, expired or already used. Nothing was changed. Create a new one on the machine that runs this installation.",
    done: "Your new password is set, your second factors are removed, and all your sessions have ended. Log in, and set up a second factor at once.",
  },
  firstLogin: {
    title: (installation: string) => `Welcome to ${installation}`,
    lead: "You are its administrator. Choose your password, which you log in with from now on.",
    submit: "Set the password and log in",
    deadTitle: "This link has expired",
    refused:
      "It was used, an hour has passed, or a later start has made another. Log in with your password, or start Fountain again on a terminal for a new link.",
  },
  invitation: {
    title: "You are invited",
    lead: "Create your account.",
    usernameHint: "The invitation comes with this name. You may choose another.",
    refused:
      "This invitation is wrong, expired, withdrawn or already used. Ask the person who invited you for a new one.",
  },
  signUpByMail: {
    lead: "A link to create your account goes to your email address.",
    submit: "Send",
    sentTitle: "Look at your mail",
    sent: (email: string) =>
      `A mail is on its way to ${email}. Open the link in it to create your account. If you have an account with this address already, the mail says so.`,
    nothing: "Nothing came? It may be among unwanted mail, or there is a typing error in the address.",
    accountLead: "Choose a username and a password.",
    refused: "This link is wrong, expired or already used, or you have an account by now.",
    again: "Have a new link sent",
  },
  email: {
    title: "Email address",
    linkWhy: "Confirm that the address to which this link was sent is yours.",
    confirm: "Confirm the address",
    codeTitle: "Enter the code",
    codeWhy: "It is in the mail, beside the link. Both work for 24 hours.",
    code: "Code from the mail",
    changeTitle: "Another address",
    sendTitle: "Send the mail again",
    changeWhy:
      "A link and a code go to this address, five times an hour at most. It becomes yours once you have confirmed it.",
    send: "Send",
    sent: "A mail is on its way. Open the link in it, or enter its code here.",
    refused: "This link or code is wrong, expired, already used, or for another account. Have a new mail sent.",
    verified: "verified",
    unverified: "not verified",
    manage: "Change or verify the address",
    add: "Add an address",
    done: "Your email address is verified.",
  },
};

export type LinkTexts = typeof LINKS_EN;
