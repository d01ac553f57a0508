import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: "./workers/kms/src/db/schema.ts",
  out: "./workers/kms/migrations",
});
