/** Declares an endpoint of service-a: `endpoint("POST /sequence", { … })`. */
import { createEndpoint } from "#shared/http/endpoint.ts";
import type { ServiceAServices } from "./composition/services.ts";

export const endpoint = createEndpoint<ServiceAServices>()("service-a");
