/** Declares an endpoint of twofa. */
import { createEndpoint } from "#shared/http/endpoint.ts";
import type { TwofaServices } from "./composition/services.ts";

export const endpoint = createEndpoint<TwofaServices>()("twofa");
