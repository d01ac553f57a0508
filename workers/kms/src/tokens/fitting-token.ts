/** Issuing a token whose roles and scopes may be too many for one. */
import { failure, type Result, success } from "#shared/lang/result.ts";
import { type ScopedToken, TokenTooLong } from "./access-token.ts";

/** The token that is issued; `token-too-long` where it would be refused wherever it is presented. */
export const ifItFits = async (issuing: Promise<ScopedToken>): Promise<Result<ScopedToken, "token-too-long">> => {
  try {
    return success(await issuing);
  } catch (error) {
    if (error instanceof TokenTooLong) return failure("token-too-long");
    throw error;
  }
};
