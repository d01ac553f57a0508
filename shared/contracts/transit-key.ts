/** Names of transit keys: what a scope for encryption can be narrowed to. */
import { holdsCredential } from "./credential-shape.ts";

export const MAX_TRANSIT_KEY_CHARACTERS = 64;
const NAME = /^[\w-]+$/;

/** Letters, digits, `_` and `-`, and no credential. */
export const isTransitKeyName = (text: string): boolean =>
  text.length <= MAX_TRANSIT_KEY_CHARACTERS && NAME.test(text) && !holdsCredential(text);
