// Registers a passkey at Fountain, passes the second factor with it, and logs in with it. The browser itself turns
// Fountain's JSON into what authenticators take, and their answers into JSON.
const { gateway } = await (await fetch("settings")).json();
let token;

const call = async (path, body) => {
  const response = await fetch(gateway + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body ?? {}),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${answer.status} ${answer.code}: ${answer.detail}`);
  return answer;
};

const show = (id, text) => {
  document.getElementById(id).value = text;
  document.getElementById(id).textContent = text;
};

// A page never decides by what a token says; this is for the reader's eyes.
const keep = (answer) => {
  token = answer.access_token;
  const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  const { acr, amr } = JSON.parse(atob(payload));
  show("session", `${acr} (${amr.join(" ")})`);
};

const create = async (options) => {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return (await navigator.credentials.create({ publicKey })).toJSON();
};

const get = async (options) => {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return (await navigator.credentials.get({ publicKey })).toJSON();
};

const ACTIONS = {
  password: async (form) => {
    const { username, password } = Object.fromEntries(new FormData(form));
    keep(await call("/kms/login", { username, password }));
    return "Logged in with the password.";
  },
  passkey: async () => {
    const { challengeId, ...options } = await call("/kms/login/passkey/options");
    keep(await call("/kms/login/passkey", { challengeId, response: await get(options) }));
    return "Logged in with a passkey.";
  },
  register: async () => {
    const { challengeId, ...options } = await call("/twofa/factors/webauthn/options", { name: "My passkey" });
    const { recoveryCodes } = await call("/twofa/factors/webauthn", { challengeId, response: await create(options) });
    return `The passkey is yours. ${recoveryCodes.length} recovery codes came with it: show them to the user now.`;
  },
  "step-up": async () => {
    const { challengeId, ...options } = await call("/twofa/auth/generate", { channel: "webauthn" });
    keep(await call("/twofa/auth/verify", { challengeId, response: await get(options) }));
    return "The second factor is passed.";
  },
};

for (const [id, act] of Object.entries(ACTIONS)) {
  const element = document.getElementById(id);
  element.addEventListener(element instanceof HTMLFormElement ? "submit" : "click", async (event) => {
    event.preventDefault();
    show("status", "…");
    show("status", await act(element).catch((error) => `Refused: ${error.message}`));
  });
}
