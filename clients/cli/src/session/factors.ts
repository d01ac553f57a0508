/** Passes a second factor, by what the person types. */
import { type Client, FountainError, type Proof, type Schemas } from "../../../typescript/src/index.ts";
import { CommandError } from "../terminal/exit.ts";
import type { Output } from "../terminal/output.ts";

/** Wrong codes before the command ends; Fountain counts, too. */
const ATTEMPTS = 3;

const ONE_TIME_CODE = /^\d{6,8}$/;

type Factor = Schemas["twofa.Factor"];

/** The person's factors that they can pass. */
export const confirmedFactors = async (client: Client): Promise<Factor[]> => {
  const factors: Factor[] = [];
  for await (const factor of client.list("GET /twofa/factors"))
    if (factor.confirmedAt !== null && !factor.disabledAt) factors.push(factor);
  return factors;
};

/** Has a code sent where there is no app that shows one. Returns the challenge that it is for. */
const sendCode = async (client: Client, factors: readonly Factor[], output: Pick<Output, "note">) => {
  if (factors.some(({ type }) => type === "totp")) return undefined;
  const channel = factors.find(({ type }) => type === "email" || type === "sms")?.type;
  if (channel !== "email" && channel !== "sms") return undefined;
  const { data } = await client.call("POST /twofa/auth/generate", { body: { channel } });
  if ("destination" in data) output.note(`A code is on its way to ${data.destination}.`);
  return data.challengeId;
};

/** Whether the person has nothing but passkeys and recovery codes, and a browser is the way. */
export const hasOnlyPasskeys = (factors: readonly Factor[]): boolean =>
  factors.length > 0 && factors.every(({ type }) => type === "webauthn");

interface Passing {
  client: Client;
  factors: readonly Factor[];
  /** What is typed; an empty text ends it. */
  ask: () => Promise<string>;
  output: Pick<Output, "note">;
}

/** Asks for a code until one is right. Returns `false` where nothing is typed; throws when too many are wrong. */
export const passFactor = async ({ client, factors, ask, output }: Passing): Promise<boolean> => {
  const challengeId = await sendCode(client, factors, output);
  for (let attempt = 1; ; attempt += 1) {
    const typed = (await ask()).replaceAll(" ", "");
    if (typed === "") return false;
    const proof: Proof = ONE_TIME_CODE.test(typed)
      ? { code: typed, ...(challengeId !== undefined && { challengeId }) }
      : { recoveryCode: typed };
    try {
      await client.verify(proof);
      return true;
    } catch (error) {
      if (!(error instanceof FountainError) || error.code !== "code-refused") throw error;
      if (attempt === ATTEMPTS) throw new CommandError("stepUp", "The code is wrong, or was used before.");
      output.note("That code is wrong, or was used before.");
    }
  }
};
