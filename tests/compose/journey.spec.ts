import { describe, inject } from "vitest";
import { journey } from "../flows/journey.ts";
import { baseUrl, secret } from "./stack.ts";

describe("the main job, on the Compose stack, through Caddy over HTTPS", () => {
  const place = inject("stack");
  const target = { url: baseUrl(place), adminUsername: "admin", adminPassword: secret(place, "admin_password") };

  journey(() => target);
});
