import { createApp } from "#shared/http/app.ts";
import type { NewServiceServices } from "./composition/services.ts";
import { panelEndpoints } from "./console/panel.routes.ts";
import { notesEndpoints } from "./notes/notes.routes.ts";

/** The routes of new-service. */
export const createNewServiceApp = (connect: (bindings: unknown) => NewServiceServices) => {
  const app = createApp({ worker: "new-service", connect });
  for (const { register } of [...panelEndpoints, ...notesEndpoints]) register(app);
  return app;
};
