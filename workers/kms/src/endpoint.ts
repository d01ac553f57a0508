/** Declares an endpoint of kms. */
import { createEndpoint } from "#shared/http/endpoint.ts";
import type { KmsServices } from "./composition/services.ts";

export const endpoint = createEndpoint<KmsServices>()("kms");
