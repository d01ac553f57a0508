import { createApp } from "#shared/http/app.ts";
import { documentOf } from "#shared/http/document.ts";
import { overviewEndpoints } from "./activity/overview.routes.ts";
import { refusedCallsEndpoints } from "./activity/refused-calls.routes.ts";
import { receiveInTime } from "./admission/body-time.ts";
import { clientAddressOf } from "./admission/client-address.ts";
import { withCors } from "./admission/cors.ts";
import { observeCall } from "./admission/observed.ts";
import { recordingRefusals } from "./admission/refusals.ts";
import { passkeyLoginEndpoints } from "./aggregates/passkey-login.routes.ts";
import { personalDataEndpoints } from "./aggregates/personal-data.routes.ts";
import { authorizeEndpoints } from "./authorize/authorize.routes.ts";
import { explainEndpoints } from "./authorize/explain.routes.ts";
import type { GatewayServices } from "./composition/services.ts";
import { panelEndpoints } from "./console/panel.routes.ts";
import { INFO, openApiEndpoints } from "./docs/openapi.routes.ts";
import { pagesEndpoints } from "./docs/pages.routes.ts";
import { securityTxtEndpoints } from "./docs/security-txt.routes.ts";
import { healthEndpoints } from "./health/health.routes.ts";
import { limitsEndpoints } from "./limits/limits.routes.ts";
import { usageEndpoints } from "./limits/usage.routes.ts";
import { consoleScriptEndpoints } from "./pages/console/script.routes.ts";
import { accountPages } from "./pages/pages.routes.ts";
import { problemPage } from "./pages/views/problem.tsx";
import { policiesEndpoints } from "./policies/policies.routes.ts";
import { jwksEndpoints } from "./proxy/jwks.routes.ts";
import { metadataEndpoints } from "./proxy/metadata.routes.ts";
import { gatewayPipeline } from "./proxy/pipeline.ts";
import { resourceMetadataEndpoints } from "./proxy/resource-metadata.routes.ts";
import { upstreamsEndpoints } from "./upstreams/upstreams.routes.ts";

/** The gateway: its own few routes, and everything else forwarded by its pipeline. */
export const createGatewayApp = (connect: (bindings: unknown) => GatewayServices) => {
  const app = createApp({
    worker: "gateway",
    connect,
    receive: receiveInTime,
    observe: observeCall,
    access: withCors(recordingRefusals(gatewayPipeline)),
    responseOf: problemPage,
    clientAddress: ({ cf }, headers, bindings) => clientAddressOf({ cf, headers }, connect(bindings).trustedProxies),
    responseHeaders: (bindings, isRelayed) => connect(bindings)[isRelayed ? "relayedHeaders" : "responseHeaders"],
  });
  const endpoints = [
    ...pagesEndpoints,
    ...securityTxtEndpoints,
    ...healthEndpoints,
    ...jwksEndpoints,
    ...metadataEndpoints,
    ...resourceMetadataEndpoints,
    ...personalDataEndpoints,
    ...passkeyLoginEndpoints,
    ...upstreamsEndpoints,
    ...limitsEndpoints,
    ...usageEndpoints,
    ...policiesEndpoints,
    ...explainEndpoints,
    ...overviewEndpoints,
    ...refusedCallsEndpoints,
    ...authorizeEndpoints,
    ...panelEndpoints,
    ...consoleScriptEndpoints,
    ...accountPages(async (request, { env, executionCtx }) => app.fetch(request, env, executionCtx)),
    ...openApiEndpoints({
      gateway: () => documentOf(app, "gateway", INFO),
      kms: () => documentOf(app, "kms", INFO, "/kms"),
    }),
  ];
  for (const { register } of endpoints) register(app);
  return app;
};
