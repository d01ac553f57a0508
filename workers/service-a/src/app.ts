import { createApp } from "#shared/http/app.ts";
import type { ServiceAServices } from "./composition/services.ts";
import { addElements } from "./elements/elements.routes.ts";
import { addReorder } from "./elements/reorder.routes.ts";
import { addSequence } from "./elements/sequence.routes.ts";
import { addVersions } from "./elements/versions.routes.ts";
import { addDraining } from "./http/draining.ts";
import { addDeadLetters } from "./outbox/dead-letters.routes.ts";
import { addExport } from "./scripts/export.routes.ts";
import { addScripts } from "./scripts/scripts.routes.ts";

/** The routes of service-a. */
export const createServiceAApp = (connect: (bindings: unknown) => ServiceAServices) => {
  const app = createApp({ worker: "service-a", connect });
  addDraining(app);
  addSequence(app);
  addReorder(app);
  addVersions(app);
  addElements(app);
  addExport(app);
  addScripts(app);
  addDeadLetters(app);
  return app;
};
