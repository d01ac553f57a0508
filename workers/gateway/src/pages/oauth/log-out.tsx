/**
 * Logging out at the wish of an application (OpenID Connect RP-Initiated Logout §2). The person is asked, unless an ID token
 * proves that the application has its session from the one at hand: no other site logs anyone out.
 */
import type { FC } from "hono/jsx";
import type { LogoutOutcome, RequestParameters } from "#shared/contracts/authorization.ts";
import { tooOften } from "#shared/problem/too-often.ts";
import { PageProblem } from "../frame/operations.ts";
import type { PageCall, Reader } from "../frame/page-call.ts";
import { htmlResponse, redirect } from "../frame/response.ts";
import { endLogin, type Visitor, visitorOf } from "../frame/visitor.ts";
import { LOGGED_OUT } from "../login/log-in.tsx";
import { Layout, SafeForm } from "../views/layout.tsx";
import { leadOn } from "../views/onward.tsx";
import { parametersOf } from "./parameters.ts";

const PATH = "/oauth/logout";

type Served = Exclude<LogoutOutcome, { kind: "invalid" }>;
type Question = Extract<LogoutOutcome, { kind: "ask" }>;

interface ViewProps {
  page: Reader;
  question: Question;
}

/** The request goes along, and is judged again when the person has agreed. */
const QuestionPage: FC<ViewProps & { request: string }> = ({ page, question: { client }, request }) => {
  const { logout } = page.texts;
  return (
    <Layout page={page} title={logout.title} narrow>
      <h1>{logout.title}</h1>
      <p class="lead">{client ? logout.why(client.name) : logout.whyNoOne}</p>
      <SafeForm page={page} action={PATH} hidden={{ request }}>
        <button type="submit">{logout.submit}</button>
      </SafeForm>
      <p class="aside">
        <a href="/account">{logout.stay}</a>
      </p>
    </Layout>
  );
};

/** No one was logged in. They continue by themselves: nothing proves that they want to. */
const DonePage: FC<ViewProps> = ({ page, question: { client, location } }) => {
  const { logout } = page.texts;
  return (
    <Layout page={page} title={logout.done} narrow>
      <h1>{logout.done}</h1>
      {client && location !== null && (
        <p>
          <a class="button" href={location}>
            {logout.onward(client.name)}
          </a>
        </p>
      )}
      <p>
        <a href="/account/login">{page.texts.common.logIn}</a>
      </p>
    </Layout>
  );
};

/** Throws a problem of the page where the request is none. */
const judge = async (page: PageCall, parameters: RequestParameters, visitor: Visitor | undefined): Promise<Served> => {
  const { kms } = page.context.get("services");
  const call = { parameters, ...(visitor && { sessionId: visitor.principal.sessionId }) };
  const judged = await kms.logoutRequest(call);
  if (!judged.ok) throw tooOften(judged.error.retryAfterSeconds);
  if (judged.value.kind === "invalid")
    throw new PageProblem("malformed-request", { detail: page.texts.consent.invalid[judged.value.problem] });
  return judged.value;
};

export const showLogout = async (page: PageCall): Promise<Response> => {
  const parameters = parametersOf(page);
  const visitor = await visitorOf(page);
  const outcome = await judge(page, parameters, visitor);
  if (outcome.kind === "log-out") {
    await endLogin(page, visitor);
    return redirect(page, outcome.location ?? LOGGED_OUT);
  }
  const request = String(new URLSearchParams(parameters));
  return htmlResponse(
    page,
    visitor ? (
      <QuestionPage page={page} question={outcome} request={request} />
    ) : (
      <DonePage page={page} question={outcome} />
    ),
  );
};

/** The person has agreed. */
export const takeLogout = async (page: PageCall): Promise<Response> => {
  const visitor = await visitorOf(page);
  const { location } = await judge(page, [...new URLSearchParams(page.form["request"])], visitor);
  await endLogin(page, visitor);
  return location === null ? redirect(page, LOGGED_OUT) : leadOn(page, location);
};
