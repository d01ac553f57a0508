/** The pages of the gateway: to log in at, and of a user's own account. */
import { changePassword, showProfile } from "./account/profile.tsx";
import { HOME } from "./frame/destination.ts";
import { createPageEndpoint, type PageEndpoint } from "./frame/endpoint.ts";
import type { Dispatch } from "./frame/operations.ts";
import { redirect } from "./frame/response.ts";
import { forVisitors, serveVisitor, type VisitorHandle } from "./login/asking.tsx";
import { logOut, type Resume, showLogin, takeLogin } from "./login/log-in.tsx";
import { showFactor, takeFactor } from "./login/second-factor.ts";
import { showSignUp, signUp } from "./login/sign-up.tsx";

/** The forms of a user's own account, by their paths. */
const FORMS: Readonly<Record<string, VisitorHandle>> = {
  "/account": changePassword,
};

const resume: Resume = async (page, visitor, { path, form }) => {
  const handle = FORMS[path];
  return handle ? serveVisitor({ ...page, path, query: {}, form }, visitor, handle) : redirect(page, HOME);
};

/** The pages of one gateway, which sends their operations by `dispatch`. */
export const accountPages = (dispatch: Dispatch): PageEndpoint[] => {
  const declare = createPageEndpoint(dispatch);
  return [
    declare("GET /account/login", showLogin),
    declare("POST /account/login", takeLogin(resume)),
    declare("GET /account/second-factor", showFactor),
    declare("POST /account/second-factor", takeFactor(resume)),
    declare("GET /account/sign-up", showSignUp),
    declare("POST /account/sign-up", signUp),
    declare("POST /account/logout", logOut),
    declare(
      "GET /account",
      forVisitors((page, visitor) => showProfile(page, visitor)),
    ),
    declare("POST /account", forVisitors(changePassword)),
  ];
};
