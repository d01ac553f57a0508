/** Typed codes, counted and compared in one transaction, which writes whether there is such a user or not. */
import { reserving } from "../accounts/password-attempts.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { tryCode } from "../links/links.store.ts";
import type { TypedCodeStore } from "./typed-codes.ts";

export const createTypedCodeStore = ({ client }: KmsDatabase): TypedCodeStore => ({
  tryCode: async ({ counter, at, ...typed }) => {
    const [counted, compared] = await client.batch([reserving([counter], at), tryCode(typed, at)], "write");
    if (counted?.rows.length !== 1) return undefined;
    const fitting = compared?.rows.find((row) => row["fits"] === 1);
    return { linkId: fitting && String(fitting["id"]) };
  },
});
