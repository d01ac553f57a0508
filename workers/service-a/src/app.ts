import { createApp } from "#shared/http/app.ts";
import type { ServiceAServices } from "./composition/services.ts";
import { panelEndpoints } from "./console/panel.routes.ts";
import { elementsEndpoints } from "./elements/elements.routes.ts";
import { reorderEndpoints } from "./elements/reorder.routes.ts";
import { sequenceEndpoints } from "./elements/sequence.routes.ts";
import { versionsEndpoints } from "./elements/versions.routes.ts";
import { addDraining } from "./http/draining.ts";
import { deadLettersEndpoints } from "./outbox/dead-letters.routes.ts";
import { exportEndpoints } from "./scripts/export.routes.ts";
import { scriptsEndpoints } from "./scripts/scripts.routes.ts";

/** Hono takes the first that fits, so that literal paths stand before those with parameters. */
const ENDPOINTS = [
  ...panelEndpoints,
  ...sequenceEndpoints,
  ...reorderEndpoints,
  ...versionsEndpoints,
  ...elementsEndpoints,
  ...exportEndpoints,
  ...scriptsEndpoints,
  ...deadLettersEndpoints,
];

/** The routes of service-a. */
export const createServiceAApp = (connect: (bindings: unknown) => ServiceAServices) => {
  const app = createApp({ worker: "service-a", connect });
  addDraining(app);
  for (const { register } of ENDPOINTS) register(app);
  return app;
};
