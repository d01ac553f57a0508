import { createApp } from "#shared/http/app.ts";
import type { SearchServices } from "./composition/services.ts";
import { addDocuments } from "./documents/documents.routes.ts";
import { addReindex } from "./documents/reindex.routes.ts";
import { addStatus } from "./documents/status.routes.ts";
import { addCredentials } from "./keys/credentials.routes.ts";
import { addScopedKeys } from "./keys/scoped-keys.routes.ts";
import { addRules } from "./rules/rules.routes.ts";
import { addSearch } from "./searches/search.routes.ts";
import { addTypesense } from "./searches/typesense.routes.ts";

/** The search worker's routes. */
export const createSearchApp = (connect: (bindings: unknown) => SearchServices) => {
  const app = createApp({ worker: "search", connect });
  addDocuments(app);
  addSearch(app);
  addTypesense(app);
  addScopedKeys(app);
  addStatus(app);
  addReindex(app);
  addRules(app);
  addCredentials(app);
  return app;
};
