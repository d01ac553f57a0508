import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: "./workers/gateway/src/{configuration,limits}/*.schema.ts",
  out: "./workers/gateway/migrations",
});
