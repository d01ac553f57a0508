import { createApp } from "#shared/http/app.ts";
import { addDeadLetters } from "./routes/dead-letters.ts";
import { addDraining } from "./routes/draining.ts";
import { addElements } from "./routes/elements.ts";
import { addExport } from "./routes/export.ts";
import { addReorder } from "./routes/reorder.ts";
import { addScripts } from "./routes/scripts.ts";
import { addSequence } from "./routes/sequence.ts";
import { addVersions } from "./routes/versions.ts";
import type { ServiceAServices } from "./services.ts";

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
