import { createApp } from "#shared/http/app.ts";
import type { SearchServices } from "./composition/services.ts";
import { panelEndpoints } from "./console/panel.routes.ts";
import { documentsEndpoints } from "./documents/documents.routes.ts";
import { reindexEndpoints } from "./documents/reindex.routes.ts";
import { statusEndpoints } from "./documents/status.routes.ts";
import { credentialsEndpoints } from "./keys/credentials.routes.ts";
import { scopedKeysEndpoints } from "./keys/scoped-keys.routes.ts";
import { rulesEndpoints } from "./rules/rules.routes.ts";
import { searchEndpoints } from "./searches/search.routes.ts";
import { typesenseEndpoints } from "./searches/typesense.routes.ts";

/** Hono takes the first that fits, so that literal paths stand before those with parameters. */
const ENDPOINTS = [
  ...panelEndpoints,
  ...documentsEndpoints,
  ...searchEndpoints,
  ...typesenseEndpoints,
  ...scopedKeysEndpoints,
  ...statusEndpoints,
  ...reindexEndpoints,
  ...rulesEndpoints,
  ...credentialsEndpoints,
];

/** The search worker's routes. */
export const createSearchApp = (connect: (bindings: unknown) => SearchServices) => {
  const app = createApp({ worker: "search", connect });
  for (const { register } of ENDPOINTS) register(app);
  return app;
};
