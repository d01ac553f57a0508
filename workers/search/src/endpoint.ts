/** Declares an endpoint of search. */
import { createEndpoint } from "#shared/http/endpoint.ts";
import type { SearchServices } from "./composition/services.ts";

export const endpoint = createEndpoint<SearchServices>()("search");
