/** Declares what the console's script calls: JSON of a page of ours, which no other page can send. */
import type { z } from "zod";
import { invalidInput } from "#shared/http/field-errors.ts";
import { honoPath } from "#shared/policy/match.ts";
import type { RouteKey } from "#shared/policy/routes.ts";
import { problem } from "#shared/problem/problem.ts";
import type { GatewayContext } from "../../composition/context.ts";
import { assertOwnForm, type PageEndpoint } from "../frame/endpoint.ts";
import { TOKEN_FIELD } from "../frame/forgery.ts";
import type { Dispatch } from "../frame/operations.ts";
import { openPage, type PageCall } from "../frame/page-call.ts";

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw problem("malformed-request", { detail: "The request body is not JSON." });
  }
};

export const createCallEndpoint =
  (dispatch: Dispatch) =>
  <Schema extends z.ZodType<{ form: string }>>(
    key: RouteKey<"gateway">,
    schema: Schema,
    handle: (page: PageCall, sent: z.output<Schema>) => Promise<Response>,
  ): PageEndpoint => {
    const [method = "", template = ""] = key.split(" ");
    const respond = async (context: GatewayContext): Promise<Response> => {
      const sent = schema.safeParse(parsed(await context.req.text()));
      if (!sent.success) throw invalidInput("json", sent.error.issues);
      const page = openPage(context, dispatch, { [TOKEN_FIELD]: sent.data.form });
      assertOwnForm(page);
      return handle(page, sent.data);
    };
    return { register: (app) => app.on(method, honoPath(template), respond) };
  };
