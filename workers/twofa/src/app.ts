import { createApp } from "#shared/http/app.ts";
import type { TwofaServices } from "./composition/services.ts";
import { factorsEndpoints } from "./factors/factors.routes.ts";
import { resetEndpoints } from "./factors/reset.routes.ts";
import { webAuthnEndpoints } from "./passkeys/webauthn.routes.ts";
import { recoveryCodesEndpoints } from "./recovery-codes/recovery-codes.routes.ts";
import { destinationsEndpoints } from "./sent-codes/destinations.routes.ts";
import { totpEndpoints } from "./totp/totp.routes.ts";
import { generateEndpoints } from "./verification/generate.routes.ts";
import { verifyEndpoints } from "./verification/verify.routes.ts";

/** Hono takes the first match, so literal paths come before those with parameters. */
const ENDPOINTS = [
  ...factorsEndpoints,
  ...resetEndpoints,
  ...totpEndpoints,
  ...destinationsEndpoints,
  ...webAuthnEndpoints,
  ...recoveryCodesEndpoints,
  ...generateEndpoints,
  ...verifyEndpoints,
];

/** The twofa worker's routes. */
export const createTwofaApp = (connect: (bindings: unknown) => TwofaServices) => {
  const app = createApp({ worker: "twofa", connect });
  for (const { register } of ENDPOINTS) register(app);
  return app;
};
