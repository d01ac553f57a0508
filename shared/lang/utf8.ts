/** UTF-8 that is decoded without repair: bytes that are none are refused, never replaced by U+FFFD. */

/** The text of these bytes, without a byte order mark at its start; `undefined` where they are not UTF-8 (RFC 3629). */
export const decodeUtf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return undefined;
  }
};

const STRAY_PERCENT = /%(?![0-9a-f]{2})/gi;

/** Whether the percent-encoded bytes of a path, a query or a form are UTF-8. A `%` that encodes nothing is itself. */
export const isEncodedUtf8 = (text: string): boolean => {
  if (!text.includes("%")) return true;
  try {
    decodeURIComponent(text.replace(STRAY_PERCENT, "%25"));
    return true;
  } catch {
    return false;
  }
};
