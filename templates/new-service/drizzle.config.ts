import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: "./workers/new-service/src/notes/notes.schema.ts",
  out: "./workers/new-service/migrations",
});
