/** JSON of documents that others have written: nothing in it is certain to be what it should be. */

export type Json = string | number | boolean | null | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json | undefined;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isText = (value: unknown): value is string => typeof value === "string";

/** The members of an object that are its own; none of anything else. */
export const membersOf = (value: unknown): [name: string, value: unknown][] =>
  isObject(value) ? Object.entries(value) : [];

/** A member of its own; never one that all objects have. */
export const member = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
