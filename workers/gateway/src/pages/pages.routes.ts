/** The pages of the gateway: to log in at, and of a user's own account. */
import { disconnectApplication, showApplications } from "./account/applications.tsx";
import { changeData, showData } from "./account/data.tsx";
import { changePassword, showProfile } from "./account/profile.tsx";
import { changeFactors, showSecurity } from "./account/security.tsx";
import { endSessions, showSessions } from "./account/sessions.tsx";
import { showTerms, takeTerms } from "./account/terms.tsx";
import { callSchema, makeCall } from "./console/call.ts";
import { createCallEndpoint } from "./console/endpoint.ts";
import { showConsole } from "./console/shell-page.ts";
import { verifySchema, verifyVisitor } from "./console/verify.ts";
import { TERMS } from "./frame/consents.ts";
import { HOME } from "./frame/destination.ts";
import { createPageEndpoint, type PageEndpoint } from "./frame/endpoint.ts";
import type { Dispatch } from "./frame/operations.ts";
import { redirect } from "./frame/response.ts";
import { changeEmail, EMAIL, showEmail } from "./links/email.tsx";
import { showFirstLogin, takeFirstLogin } from "./links/first-login.tsx";
import { showForgot, takeForgot } from "./links/forgot.tsx";
import { acceptInvitation, showInvitation } from "./links/invitation.tsx";
import { showRecover, takeRecover } from "./links/recover.tsx";
import { showReset, takeReset } from "./links/reset.tsx";
import { isByMail, showSignUpByMail, signUpByMail } from "./links/sign-up-by-mail.tsx";
import { forVisitors, serveVisitor, type VisitorHandle } from "./login/asking.tsx";
import { logOut, type Resume, showLogin, takeLogin } from "./login/log-in.tsx";
import { showFactor, takeFactor } from "./login/second-factor.ts";
import { showSignUp, signUp } from "./login/sign-up.tsx";
import { showAuthorization, takeDecision } from "./oauth/authorize.tsx";
import { showDevice, takeDevice } from "./oauth/device.tsx";
import { DEVICE } from "./oauth/device-page.tsx";
import { showLogout, takeLogout } from "./oauth/log-out.tsx";
import { requestByPost } from "./oauth/parameters.ts";

interface AccountPage {
  show: VisitorHandle;
  /** Does what its form says. */
  take: VisitorHandle;
}

const ACCOUNT = {
  "/account": { show: showProfile, take: changePassword },
  [EMAIL]: { show: showEmail, take: changeEmail },
  "/account/security": { show: showSecurity, take: changeFactors },
  "/account/sessions": { show: showSessions, take: endSessions },
  "/account/applications": { show: showApplications, take: disconnectApplication },
  [TERMS]: { show: showTerms, take: takeTerms },
  "/account/data": { show: showData, take: changeData },
} as const satisfies Record<string, AccountPage>;

const isAccountPath = (path: string): path is keyof typeof ACCOUNT => Object.hasOwn(ACCOUNT, path);
const PATHS = Object.keys(ACCOUNT).filter(isAccountPath);

/** The script decides what each address shows. */
const CONSOLE = ["GET /console", "GET /console/{path+}"] as const;

/** What a form of this page does that had to wait; `undefined`: none does. */
const takeOf = (path: string): VisitorHandle | undefined => {
  if (path === DEVICE) return takeDevice;
  return isAccountPath(path) ? ACCOUNT[path].take : undefined;
};

const resume: Resume = async (page, visitor, { path, form }) => {
  const take = takeOf(path);
  return take ? serveVisitor({ ...page, path, query: {}, form }, visitor, take) : redirect(page, HOME);
};

/** The pages of one gateway, which sends their operations by `dispatch`. */
export const accountPages = (dispatch: Dispatch): PageEndpoint[] => {
  const declare = createPageEndpoint(dispatch);
  const declareCall = createCallEndpoint(dispatch);
  return [
    declareCall("POST /console/call", callSchema, makeCall),
    declareCall("POST /console/verify", verifySchema, verifyVisitor),
    ...CONSOLE.map((key) =>
      declare(
        key,
        forVisitors(async (page) => showConsole(page)),
      ),
    ),
    declare("GET /account/login", showLogin),
    declare("POST /account/login", takeLogin(resume)),
    declare("GET /account/second-factor", showFactor),
    declare("POST /account/second-factor", takeFactor(resume)),
    declare("GET /account/sign-up", (page) => (isByMail(page) ? showSignUpByMail(page) : showSignUp(page))),
    declare("POST /account/sign-up", (page) => (isByMail(page) ? signUpByMail(page) : signUp(page))),
    declare("POST /account/logout", logOut),
    declare("GET /account/forgot", showForgot),
    declare("POST /account/forgot", takeForgot),
    declare("GET /account/invitation", showInvitation),
    declare("POST /account/invitation", acceptInvitation),
    declare("GET /account/reset", showReset),
    declare("POST /account/reset", takeReset),
    declare("GET /account/first-login", showFirstLogin),
    declare("POST /account/first-login", takeFirstLogin),
    declare("GET /account/recover", showRecover),
    declare("POST /account/recover", takeRecover),
    declare("GET /oauth/authorize", showAuthorization),
    declare("POST /oauth/authorize", takeDecision, requestByPost),
    declare("GET /oauth/device", forVisitors(showDevice)),
    declare("POST /oauth/device", forVisitors(takeDevice)),
    declare("GET /oauth/logout", showLogout),
    declare("POST /oauth/logout", takeLogout, requestByPost),
    ...PATHS.flatMap((path) => [
      declare(
        `GET ${path}`,
        forVisitors((page, visitor) => ACCOUNT[path].show(page, visitor)),
      ),
      declare(`POST ${path}`, forVisitors(ACCOUNT[path].take)),
    ]),
  ];
};
