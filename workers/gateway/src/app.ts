import { createApp } from "#shared/http/app.ts";
import { clientAddressOf } from "./admission/client-address.ts";
import { withCors } from "./admission/cors.ts";
import { reportingRefusals } from "./admission/refusals.ts";
import { securityHeaders } from "./admission/security-headers.ts";
import { addPasskeyLogin } from "./aggregates/passkey-login.routes.ts";
import { addPersonalData } from "./aggregates/personal-data.routes.ts";
import type { GatewayServices } from "./composition/services.ts";
import { addOpenApi } from "./docs/openapi.routes.ts";
import { addPages } from "./docs/pages.routes.ts";
import { addHealth } from "./health/health.routes.ts";
import { gatewayAccess } from "./proxy/access.ts";
import { addJwks } from "./proxy/jwks.routes.ts";
import { addMetadata } from "./proxy/metadata.routes.ts";

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
