/** An application that people log in to, as far as it is seen at the pages and at the token endpoint. */
import { createHash } from "node:crypto";
import { type Answer, type Headers, send } from "../call.ts";
import type { Fountain } from "../harness.ts";
import type { PageAnswer, Visitor } from "./visitor.ts";

export const CALLBACK = "https://app.example/callback";
/** Where it wants people to be sent who have logged out. */
export const GOODBYE = "https://app.example/goodbye?from=fountain";

const VERIFIER = "a-verifier-of-a-client-that-nobody-else-knows-0123456789";
const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");

/** A new public application; `administrator`: the headers of one who has just passed a second factor. */
export const registerApplication = async (fountain: Pick<Fountain, "url">, administrator: Headers): Promise<string> => {
  const json = {
    name: "Storyboards",
    redirectUris: [CALLBACK],
    postLogoutRedirectUris: [GOODBYE],
    public: true,
    scopes: ["search:read"],
  };
  const { status, body } = await send(fountain, "POST", "/kms/clients", { headers: administrator, json });
  if (status !== 201) throw new Error(`no application was registered: ${status} ${JSON.stringify(body)}`);
  return String(body["clientId"]);
};

/** Where the page leads on to. */
export const onwardOf = ({ html }: PageAnswer): URL => {
  const [, to = ""] = /<a class="button" href="([^"]*)"/.exec(html) ?? [];
  return new URL(to.replaceAll("&amp;", "&"));
};

/** What the programs here call themselves: as Fountain's own command line does. */
const AGENT = "fountain-cli/1.0.0 (laptop)";

const post = (fountain: Pick<Fountain, "url">, path: string, form: Record<string, string>): Promise<Answer> => {
  const headers = { "content-type": "application/x-www-form-urlencoded", "user-agent": AGENT };
  return send(fountain, "POST", path, { text: String(new URLSearchParams(form)), headers });
};

/** The visitor, who is logged in, lets the application in, which gets tokens. */
export const connect = async (
  fountain: Pick<Fountain, "url">,
  visitor: Visitor,
  clientId: string,
): Promise<Answer["body"]> => {
  const query = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: CALLBACK,
    scope: "openid search:read",
    code_challenge: CHALLENGE,
    code_challenge_method: "S256",
  });
  await visitor.get(`/oauth/authorize?${query}`);
  const code = onwardOf(await visitor.submit("/oauth/authorize", { decision: "allow" })).searchParams.get("code");
  const { status, body } = await post(fountain, "/kms/token", {
    grant_type: "authorization_code",
    client_id: clientId,
    redirect_uri: CALLBACK,
    code: code ?? "",
    code_verifier: VERIFIER,
  });
  if (status !== 200) throw new Error(`the application got no tokens: ${status} ${JSON.stringify(body)}`);
  return body;
};

/** What a device shows that wants in as this application, and asks with. */
export const beginDevice = async (
  fountain: Pick<Fountain, "url">,
  clientId: string,
  more: Record<string, string> = {},
): Promise<{ deviceCode: string; userCode: string; link: string }> => {
  const { status, body } = await post(fountain, "/kms/device", { client_id: clientId, ...more });
  if (status !== 200) throw new Error(`no device can begin: ${status} ${JSON.stringify(body)}`);
  const { pathname, search } = new URL(String(body["verification_uri_complete"]));
  return { deviceCode: String(body["device_code"]), userCode: String(body["user_code"]), link: pathname + search };
};

/** Asks as the device does whether it was let in. */
export const pollDevice = (fountain: Pick<Fountain, "url">, clientId: string, deviceCode: string): Promise<Answer> => {
  const grant_type = "urn:ietf:params:oauth:grant-type:device_code";
  return post(fountain, "/kms/token", { grant_type, device_code: deviceCode, client_id: clientId });
};
