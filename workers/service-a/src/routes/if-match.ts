/** Preconditions on an element's version (RFC 9110 §13.1.1). */

/**
 * The versions that `If-Match` names; `undefined` when there is no condition, or any version will do. Weak and foreign
 * tags match nothing.
 */
export const versionsToMatch = (header: string | undefined): number[] | undefined => {
  if (header === undefined || header.trim() === "*") return undefined;
  return header.split(",").flatMap((tag) => {
    const digits = /^\s*"([1-9]\d{0,14})"\s*$/.exec(tag)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
};
