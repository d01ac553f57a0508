/** Declares an endpoint of new-service: `endpoint("POST /notes", { … })`. */
import { createEndpoint } from "#shared/http/endpoint.ts";
import type { NewServiceServices } from "./composition/services.ts";

export const endpoint = createEndpoint<NewServiceServices>()("new-service");
