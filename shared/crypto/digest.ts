/** SHA-256 for remembering secrets without holding them. */

const encoder = new TextEncoder();

/** SHA-256 of the text's UTF-8, in base64url. */
export const sha256 = async (text: string): Promise<string> =>
  Buffer.from(await crypto.subtle.digest("SHA-256", encoder.encode(text))).toString("base64url");
