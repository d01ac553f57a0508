/** What methods mean (RFC 9110 §9). */

/** Methods whose body has no meaning (§9.3.1), so that it is not read. */
export const isBodiless = (method: string): boolean => method === "GET" || method === "HEAD";
