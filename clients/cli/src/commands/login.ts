/** Logging in and out, and who is logged in. */
import type { Client } from "../../../typescript/src/index.ts";
import { fileStore } from "../credentials/store.ts";
import { type Context, command } from "../definition/command.ts";
import { connect } from "../session/connect.ts";
import { logInByBrowser } from "../session/device.ts";
import { confirmedFactors, passFactor } from "../session/factors.ts";
import { usageError } from "../terminal/exit.ts";
import { type Prompt, withPrompt } from "../terminal/prompt.ts";
import { linesOf } from "../terminal/stdin.ts";

/** Without a terminal, the same questions are read from stdin, a line for each. */
const pipedPrompt = ({ io }: Context): Pick<Prompt, "text" | "secret"> => {
  const next = linesOf(io);
  const line = async (question: string): Promise<string> => {
    const text = await next();
    if (text === undefined) throw usageError(`${question.replace(/: $/, "")} is missing: stdin has a line for each.`);
    return text;
  };
  return { text: line, secret: line };
};

const logInByPassword = async (
  context: Context,
  client: Client,
  prompt: Pick<Prompt, "text" | "secret">,
  known: string | undefined,
): Promise<void> => {
  const username = known ?? (await prompt.text("Username: "));
  await client.logIn({ username, password: await prompt.secret("Password: ") });
  const factors = (await confirmedFactors(client)).filter(({ type }) => type !== "webauthn");
  if (factors.length === 0) return;
  const ask = (): Promise<string> => prompt.secret("Code of your second factor (Enter: later): ");
  await passFactor({ client, factors, ask, output: context.output });
};

export const login = command({
  summary: "log in: in the browser, or with --password",
  details:
    "The session is saved for this installation, which becomes the default of later commands. Without a terminal, --password reads username, password and code from stdin, a line for each.",
  args: ["[URL]"],
  options: {
    password: { type: "boolean", summary: "ask for username, password and second factor here" },
    username: { type: "string", value: "NAME", summary: "with --password: do not ask for the username" },
  },
  examples: ["login https://fountain.example", "login --password --username mara"],
  run: async (context, given) => {
    const [named] = given.args;
    const { client, url, isSaved } = connect({ ...context, url: named ?? context.url });
    if (!isSaved)
      throw usageError(
        "FOUNTAIN_API_KEY or FOUNTAIN_TOKEN is set, which is used instead of a login.",
        "Unset it first.",
      );
    if (given.flag("password")) {
      const known = given.text("username");
      const isAsked = await withPrompt(context.io, async (prompt) => {
        await logInByPassword(context, client, prompt, known);
        return true;
      });
      if (!isAsked) await logInByPassword(context, client, pipedPrompt(context), known);
    } else await logInByBrowser(client, context);
    const { data } = await client.call("GET /kms/me");
    context.output.result(
      { url, id: data.id, username: data.username, acr: data.session.acr },
      () => `Logged in to ${url} as ${data.username}.`,
    );
  },
});

export const logout = command({
  summary: "end the session, and forget its credentials",
  run: async (context) => {
    const { client, url, isSaved } = connect(context);
    if (!isSaved) throw usageError("FOUNTAIN_API_KEY or FOUNTAIN_TOKEN is set: there is no session to end.");
    const isKnown = (await fileStore(context.io, url).get()) !== undefined;
    await client.logOut();
    context.output.result({ url, ended: isKnown }, () =>
      isKnown ? `Logged out of ${url}.` : `Not logged in to ${url}.`,
    );
  },
});

export const whoami = command({
  summary: "show who is logged in, and what they may do",
  run: async (context) => {
    const { client, url } = connect(context);
    const { data } = await client.call("GET /kms/me");
    const { session, ...profile } = data;
    context.output.result({ url, ...data }, () =>
      [
        `${profile.username} at ${url}`,
        `roles   ${profile.roles.join(" ") || "-"}`,
        `scopes  ${profile.scopes.join(" ") || "-"}`,
        `session ${session.acr} by ${session.amr.join(" and ")}, since ${session.authenticatedAt}`,
      ].join("\n"),
    );
  },
});
