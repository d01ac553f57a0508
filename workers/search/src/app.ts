import { createApp } from "#shared/http/app.ts";
import { addCredentials } from "./routes/credentials.ts";
import { addDocuments } from "./routes/documents.ts";
import { addReindex } from "./routes/reindex.ts";
import { addRules } from "./routes/rules.ts";
import { addScopedKeys } from "./routes/scoped-keys.ts";
import { addSearch } from "./routes/search.ts";
import { addStatus } from "./routes/status.ts";
import { addTypesense } from "./routes/typesense.ts";
import type { SearchServices } from "./services.ts";

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
