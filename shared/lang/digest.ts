/** SHA-256 for remembering secrets without holding them, and for knowing a body again. */

const encoder = new TextEncoder();

/** SHA-256 of the bytes, or of the text's UTF-8, in base64url. */
export const sha256 = async (data: string | ArrayBuffer): Promise<string> =>
  Buffer.from(await crypto.subtle.digest("SHA-256", typeof data === "string" ? encoder.encode(data) : data)).toString(
    "base64url",
  );
