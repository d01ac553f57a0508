/**
 * Paths of secrets, and patterns of them that narrow a scope: a path itself, or everything below one (`typesense/*`).
 * A path has one spelling only, so that what was decided about it holds for what is read.
 */
import { holdsCredential } from "./credential-shape.ts";

export const MAX_SECRET_PATH_CHARACTERS = 255;
const SEGMENT = /^[\w.-]+$/;
const DOTS_ONLY = /^\.+$/;
const BELOW = "/*";

const isSegment = (text: string): boolean => SEGMENT.test(text) && !DOTS_ONLY.test(text);

/** Segments of letters, digits, `.`, `_` and `-`, joined by slashes; none of them only dots, and no credential. */
export const isSecretPath = (text: string): boolean =>
  text.length <= MAX_SECRET_PATH_CHARACTERS && text.split("/").every(isSegment) && !holdsCredential(text);

/** A path, or a path and `/*`. There is no pattern for everything: that is the scope itself. */
export const isSecretPattern = (text: string): boolean =>
  isSecretPath(text.endsWith(BELOW) ? text.slice(0, -BELOW.length) : text);

/** Whether every path that begins like this lies within the pattern. */
export const coversSecretPrefix = (pattern: string, prefix: string): boolean =>
  pattern.endsWith(BELOW) && prefix.startsWith(pattern.slice(0, -1));

/** Whether all that the other names, which is a path or a pattern, lies within the pattern. */
export const coversSecretPath = (pattern: string, other: string): boolean =>
  pattern === other || coversSecretPrefix(pattern, other);
