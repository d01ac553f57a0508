import { createApp } from "#shared/http/app.ts";
import { addDestinations } from "./routes/destinations.ts";
import { addFactors } from "./routes/factors.ts";
import { addGenerate } from "./routes/generate.ts";
import { addRecoveryCodes } from "./routes/recovery-codes.ts";
import { addTotp } from "./routes/totp.ts";
import { addVerify } from "./routes/verify.ts";
import { addWebAuthn } from "./routes/webauthn.ts";
import type { TwofaServices } from "./services.ts";

/** The twofa worker's routes. */
export const createTwofaApp = (connect: (bindings: unknown) => TwofaServices) => {
  const app = createApp({ worker: "twofa", connect });
  addFactors(app);
  addTotp(app);
  addDestinations(app);
  addWebAuthn(app);
  addRecoveryCodes(app);
  addGenerate(app);
  addVerify(app);
  return app;
};
