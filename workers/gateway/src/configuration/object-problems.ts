/** What an endpoint responds where an object is unknown, or cannot be changed as it was asked. */
import type { Result } from "#shared/lang/result.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import type { Kind } from "./configuration.schema.ts";
import type { PutFailure } from "./objects.ts";

export const unknownObject = (kind: Kind): Problem =>
  problem("not-found", { detail: `The gateway has no ${kind} of this name.` });

export const hasChanged = (kind: Kind): Problem =>
  problem("precondition-failed", { detail: `The ${kind} is not as the condition expects it. Read it again.` });

export const isOfFile = (kind: Kind): Problem =>
  problem("conflict", {
    detail: `This ${kind} is configured by the file that Fountain was started with. Change the file and start again.`,
  });

type Failure = Extract<Result<never, PutFailure>, { ok: false }>["error"];

export const refusalOf = (kind: Kind, error: Exclude<Failure, { kind: "refused" }>): Problem => {
  switch (error.kind) {
    case "changed":
      return hasChanged(kind);
    case "taken":
      return problem("conflict", { detail: "Another upstream has this host and prefix. Choose another prefix." });
    case "of-file":
      return isOfFile(kind);
    case "too-many":
      return problem("conflict", { detail: `There are too many of its kind. Delete a ${kind} first.` });
    case "too-many-scopes":
      return problem("conflict", { detail: "All upstreams together have too many scopes. Declare fewer." });
    case "scope-taken":
      return problem("conflict", { detail: `The scope ${error.scope} belongs to the upstream ${error.owner}.` });
  }
};
