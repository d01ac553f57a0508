import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: "./workers/twofa/src/model/schema.ts",
  out: "./workers/twofa/migrations",
});
