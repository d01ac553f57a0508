/** Conditions on versions (RFC 9110 §13.1). */

/**
 * The versions that `If-Match` names (§13.1.1); `undefined` when there is no condition, or any version will do. Weak and
 * foreign tags match nothing.
 */
export const versionsToMatch = (header: string | undefined): number[] | undefined => {
  if (header === undefined || header.trim() === "*") return undefined;
  return header.split(",").flatMap((tag) => {
    const digits = /^\s*"([1-9]\d{0,14})"\s*$/.exec(tag)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
};

/** Whether `If-None-Match` names this version (§13.1.2): the caller has it. Weak tags do here. */
export const isKnown = (header: string | undefined, versionNumber: number): boolean =>
  (header ?? "").split(",").some((tag) => ["*", `"${versionNumber}"`].includes(tag.trim().replace(/^W\//, "")));
