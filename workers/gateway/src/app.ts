import { createApp } from "#shared/http/app.ts";
import { gatewayAccess } from "./access.ts";
import { clientAddressOf } from "./client-address.ts";
import { withCors } from "./cors.ts";
import { reportingRefusals } from "./refusals.ts";
import { addHealth } from "./routes/health.ts";
import { addJwks } from "./routes/jwks.ts";
import { addMetadata } from "./routes/metadata.ts";
import { addOpenApi } from "./routes/openapi.ts";
import { addPages } from "./routes/pages.ts";
import { addPasskeyLogin } from "./routes/passkey-login.ts";
import { addPersonalData } from "./routes/personal-data.ts";
import { securityHeaders } from "./security-headers.ts";
import type { GatewayServices } from "./services.ts";

/** The gateway: its own few routes, and everything else forwarded by its access check. */
export const createGatewayApp = (connect: (bindings: unknown) => GatewayServices) => {
  const app = createApp({
    worker: "gateway",
    connect,
    access: withCors(reportingRefusals(gatewayAccess)),
    clientAddress: (request, bindings) => clientAddressOf(request, connect(bindings).trustedProxies),
    responseHeaders: (bindings) => securityHeaders(connect(bindings).publicUrl),
  });
  addPages(app);
  addHealth(app);
  addJwks(app);
  addMetadata(app);
  addOpenApi(app);
  addPersonalData(app);
  addPasskeyLogin(app);
  return app;
};
