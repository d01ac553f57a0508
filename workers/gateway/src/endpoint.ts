/** Declares the endpoints that the gateway serves itself. */
import { createEndpoint } from "#shared/http/endpoint.ts";
import type { GatewayServices } from "./composition/services.ts";

const declare = createEndpoint<GatewayServices>();

export const endpoint = declare("gateway");

/** Rows of the kms that the gateway serves in its place, because several workers contribute to the response. */
export const kmsEndpoint = declare("kms", "/kms");
