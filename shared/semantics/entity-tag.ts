/** Entity tags that are made of versions, and conditions on them (RFC 9110 §8.8.3, §13.1). */

/** The tag of a version; `rest` differs wherever representations of one version do. */
export const etagOf = (version: number, rest?: string | number): string =>
  rest === undefined ? `"${version}"` : `"${version}.${rest}"`;

/**
 * The versions that `If-Match` names (§13.1.1); `undefined` when there is no condition, or any version will do. Weak and
 * foreign tags match nothing. What stands behind a dot in a tag says more about a representation than its version.
 */
export const versionsToMatch = (header: string | undefined): number[] | undefined => {
  if (header === undefined || header.trim() === "*") return undefined;
  return header.split(",").flatMap((tag) => {
    const digits = /^\s*"([1-9]\d{0,14})(?:\.[\w-]{1,43})?"\s*$/.exec(tag)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
};
