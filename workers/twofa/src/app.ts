import { createApp } from "#shared/http/app.ts";
import type { TwofaServices } from "./composition/services.ts";
import { addFactors } from "./factors/factors.routes.ts";
import { addWebAuthn } from "./passkeys/webauthn.routes.ts";
import { addRecoveryCodes } from "./recovery-codes/recovery-codes.routes.ts";
import { addDestinations } from "./sent-codes/destinations.routes.ts";
import { addTotp } from "./totp/totp.routes.ts";
import { addGenerate } from "./verification/generate.routes.ts";
import { addVerify } from "./verification/verify.routes.ts";

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
