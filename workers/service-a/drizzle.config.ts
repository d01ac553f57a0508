import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: "./workers/service-a/src/model/schema.ts",
  out: "./workers/service-a/migrations",
});
