/** The rows of the route table as requests to the gateway. */
import { WORKERS } from "../../shared/contracts/workers.ts";
import { ANY_TYPE, type Policy, typesOf } from "../../shared/policy/policy.ts";
import { ROUTES } from "../../shared/policy/routes.ts";
import { isBodiless } from "../../shared/semantics/method.ts";

/** These end the session that the others need. */
const ENDS_THE_SESSION = ["POST /kms/logout", "DELETE /kms/me"];

export interface Operation {
  name: string;
  method: string;
  template: string;
  policy: Policy;
  /** A media type that its body may have. */
  type: string;
}

/** The path with this text in the place of each parameter. */
export const pathOf = (template: string, part = "7"): string => template.replaceAll(/\{\w+\+?\}/g, part);

export const OPERATIONS: readonly Operation[] = WORKERS.flatMap((worker) =>
  Object.entries(ROUTES[worker]).map(([key, policy]) => {
    const [method = "", path = ""] = key.split(" ");
    const template = (worker === "gateway" ? "" : `/${worker}`) + path;
    const type = typesOf(policy).find((each) => each !== ANY_TYPE) ?? "application/json";
    return { name: `${method} ${template}`, method, template, policy, type };
  }),
).filter(({ name }) => !ENDS_THE_SESSION.includes(name));

/** Those whose requests may have a body. */
export const SENDING = OPERATIONS.filter(({ method }) => !isBodiless(method));
