/** The response headers that are meant for clients: pages of other origins can read these, and no others of ours. */
export const CLIENT_HEADERS = [
  "accept-encoding",
  "allow",
  "content-disposition",
  "etag",
  "idempotency-replayed",
  "location",
  "ratelimit",
  "ratelimit-policy",
  "retry-after",
  "www-authenticate",
  "x-request-id",
] as const;
