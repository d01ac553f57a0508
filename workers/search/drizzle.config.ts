import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: "./workers/search/src/storage/schema.ts",
  out: "./workers/search/migrations",
});
