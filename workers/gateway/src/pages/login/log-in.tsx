/** Logs in at `/account/login`: with a password or a passkey, for a page that comes then or in the middle of an action. */
import type { Result } from "#shared/lang/result.ts";
import { destinationOf, isTooLong } from "../frame/destination.ts";
import { NOTHING, type Refusal } from "../frame/operations.ts";
import type { Form, PageCall } from "../frame/page-call.ts";
import { openPending, PENDING_FIELD, type Pending } from "../frame/pending.ts";
import { htmlResponse, redirect } from "../frame/response.ts";
import { endLogin, keepLogin, loginTokens, owesFactor, type Visitor, visitorOf } from "../frame/visitor.ts";
import { proceedTo } from "../views/onward.tsx";
import { askForFactor, askForLogin, toLogin } from "./asking.tsx";
import { InsecurePage, type LoginView } from "./log-in-page.tsx";

/** Repeats a form whose sender has confirmed who they are. */
export type Resume = (page: PageCall, visitor: Visitor, pending: Pending) => Promise<Response>;

const LOCAL_HOST = /^(?:localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Whether browsers keep a `Secure` cookie of this installation. */
export const keepsCookies = ({ context }: PageCall): boolean => {
  const { protocol, hostname } = new URL(context.get("services").publicUrl);
  return protocol === "https:" || LOCAL_HOST.test(hostname);
};

const hiddenOf = ({ query, form }: PageCall): Form => {
  const pending = form[PENDING_FIELD];
  return pending === undefined ? { next: destinationOf(form["next"] ?? query["next"]) } : { [PENDING_FIELD]: pending };
};

/** Asks for a login, where a browser can be logged in at all. */
export const beginLogin = (page: PageCall, view: LoginView): Promise<Response> =>
  keepsCookies(page) ? askForLogin(page, view) : htmlResponse(page, <InsecurePage page={page} />);

export const showLogin = async (page: PageCall): Promise<Response> => {
  const next = destinationOf(page.query["next"]);
  const visitor = await visitorOf(page);
  if (visitor) {
    const isIn = !(await owesFactor(page, visitor));
    return redirect(page, isIn ? next : `/account/second-factor?${new URLSearchParams({ next })}`);
  }
  const notices: Record<string, string> = {
    "logged-out": page.texts.login.loggedOut,
    deleted: page.texts.data.deleted,
    reset: page.texts.reset.done,
    recovered: page.texts.recover.done,
  };
  const view = { hidden: { next }, username: page.query["login_hint"], notice: notices[page.query["done"] ?? ""] };
  return beginLogin(page, view);
};

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};

/** What a script read of a passkey, as the API takes it. */
export const proofOf = ({ credential = "", challengeId = "" }: Form) => ({ challengeId, response: parsed(credential) });

const logIn = async ({
  form,
  operate,
}: PageCall): Promise<Result<{ access_token: string; refresh_token: string }, Refusal>> =>
  form["credential"] === undefined
    ? operate(
        {
          method: "POST",
          path: "/kms/login",
          json: { username: form["username"] ?? "", password: form["password"] ?? "" },
        },
        loginTokens,
      )
    : operate({ method: "POST", path: "/kms/login/passkey", json: proofOf(form) }, loginTokens);

/** The form that waits, where the login is that of its sender. */
const pendingOf = async (page: PageCall, accessToken: string): Promise<Pending | undefined> => {
  const services = page.context.get("services");
  const verification = await services.verify(accessToken);
  return verification.ok
    ? openPending(services, verification.value.subject, page.form[PENDING_FIELD] ?? "")
    : undefined;
};

/** Continues where the login was asked for. */
const enter = async (page: PageCall, pending: Pending | undefined, resume: Resume): Promise<Response> => {
  const visitor = await visitorOf(page);
  if (!visitor) return toLogin(page);
  const hidden = hiddenOf(page);
  if (await owesFactor(page, visitor)) {
    const address = `/account/second-factor?${new URLSearchParams(hidden)}`;
    // A form can be as long as a request of an application, which is encoded twice in an address.
    return pending || isTooLong(page, address) ? askForFactor(page, visitor, { hidden }) : redirect(page, address);
  }
  return pending ? resume(page, visitor, pending) : proceedTo(page, destinationOf(hidden["next"]));
};

export const takeLogin =
  (resume: Resume) =>
  async (page: PageCall): Promise<Response> => {
    if (!keepsCookies(page)) return htmlResponse(page, <InsecurePage page={page} />);
    const isAgain = PENDING_FIELD in page.form;
    const view: LoginView = {
      hidden: hiddenOf(page),
      username: page.form["username"],
      isAgain,
      isPasskey: "credential" in page.form,
    };
    const tokens = await logIn(page);
    if (!tokens.ok) return askForLogin(page, { ...view, refusal: tokens.error });
    const pending = isAgain ? await pendingOf(page, tokens.value.access_token) : undefined;
    if (isAgain && pending === undefined) {
      await page.operate({ method: "POST", path: "/kms/logout", token: tokens.value.access_token }, NOTHING);
      return askForLogin(page, { ...view, notice: page.texts.login.other });
    }
    await keepLogin(page, tokens.value);
    return enter(page, pending, resume);
  };

/** Where those find themselves who have logged out. */
export const LOGGED_OUT = "/account/login?done=logged-out";

/** Who was on the way to a page can log in again as someone else, and continues there. */
export const logOut = async (page: PageCall): Promise<Response> => {
  await endLogin(page, await visitorOf(page));
  if (page.form["next"] === undefined) return redirect(page, LOGGED_OUT);
  const hidden = { next: destinationOf(page.form["next"]) };
  const address = `${LOGGED_OUT}&${new URLSearchParams(hidden)}`;
  return isTooLong(page, address)
    ? beginLogin({ ...page, path: "/account/login" }, { hidden, notice: page.texts.login.loggedOut })
    : redirect(page, address);
};
