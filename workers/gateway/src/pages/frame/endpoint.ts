/** Declares what serves a row of the route table that is a page. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import { honoPath } from "#shared/policy/match.ts";
import type { RouteKey } from "#shared/policy/routes.ts";
import type { GatewayContext } from "../../composition/context.ts";
import type { GatewayServices } from "../../composition/services.ts";
import { isOwnForm, TOKEN_FIELD } from "./forgery.ts";
import { type Dispatch, PageProblem, problemOf, Refused } from "./operations.ts";
import { fieldsIn, openPage, type PageCall } from "./page-call.ts";

export type Handle = (page: PageCall) => Promise<Response>;

/** Responds to a form that other sites may send, because it does no more than a link of theirs; `undefined`: it is none. */
export type HandleForeign = (page: PageCall, encoded: string) => Response | undefined;

/** It is not in the API document: pages are for people, and their HTML may change at any time. */
export interface PageEndpoint {
  register(app: OpenAPIHono<WorkerEnv<GatewayServices>>): void;
}

const originOf = (url: string): string => URL.parse(url)?.origin ?? "";

/** Refuses a form that is none of ours with 403. */
export const assertOwnForm = ({ context, jar, form, texts }: PageCall): void => {
  const origins = [context.get("services").publicUrl, context.req.url].map(originOf);
  const sent = { fields: context.get("fields"), origins, secret: jar.sentSecret, token: form[TOKEN_FIELD] ?? "" };
  if (!isOwnForm(sent)) throw new PageProblem("forbidden", { detail: texts.failure.expiredForm });
};

/**
 * Refuses what a script reads with 403: a service on this host has the same origin, and must not act in the name of those who
 * are logged in here.
 */
const assertOpenedByPerson = ({ context, texts }: PageCall): void => {
  const purpose = context.get("fields").get("sec-fetch-dest");
  if (purpose !== null && purpose !== "document")
    throw new PageProblem("forbidden", { detail: texts.problems.forbidden });
};

/** Declares the pages of one gateway, which sends their operations by `dispatch`. */
export const createPageEndpoint =
  (dispatch: Dispatch) =>
  (key: RouteKey<"gateway">, handle: Handle, handleForeign?: HandleForeign): PageEndpoint => {
    const [method = "", template = ""] = key.split(" ");
    const respond = async (context: GatewayContext): Promise<Response> => {
      const isForm = method === "POST";
      const encoded = isForm ? await context.req.text() : "";
      const page = openPage(context, dispatch, fieldsIn(encoded));
      assertOpenedByPerson(page);
      const foreign = handleForeign?.(page, encoded);
      if (foreign) return foreign;
      if (isForm) assertOwnForm(page);
      try {
        return await handle(page);
      } catch (error) {
        throw error instanceof Refused ? problemOf(error.refusal, page.texts) : error;
      }
    };
    return { register: (app) => app.on(method, honoPath(template), respond) };
  };
