import type { Failure } from "#shared/lang/result.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import type { NotSet } from "../by-mail/password-by-link.ts";
import { tooBusy } from "./attempt-response.ts";
import { linkRefused } from "./mailed-proof.ts";

/** The response where no password was set by a link. */
export const passwordRefused = (error: Failure<NotSet>): Problem => {
  switch (error.kind) {
    case "weak":
      return problem("invalid-input", {
        detail: "This password does not meet the rules.",
        errors: [{ pointer: "#/newPassword", detail: error.detail }],
      });
    case "busy":
      return tooBusy(error);
    case "refused":
      return linkRefused();
  }
};
