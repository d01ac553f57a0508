/** Where in a request something is wrong: JSON Pointers as URI fragments (RFC 6901 §6). */

const escapeStep = (step: PropertyKey): string => String(step).replaceAll("~", "~0").replaceAll("/", "~1");

/** The pointer into the body, or into the part of the request that `target` names: `#/query/limit`. */
export const pointerTo = (target: string, path: readonly PropertyKey[]): string => {
  const steps = target === "json" || target === "form" ? path : [target, ...path];
  return `#${steps.map((step) => `/${escapeStep(step)}`).join("")}`;
};
