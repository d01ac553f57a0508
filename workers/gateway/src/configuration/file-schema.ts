/** The configuration file: the objects that the API stores, by kind and name, checked by the same schemas. */
import { z } from "zod";
import { fieldErrors } from "#shared/http/field-errors.ts";
import { objectName, upstreamName } from "../matching/names.ts";
import { BODIES } from "./configuration.ts";
import { type FileObject, KINDS_BY_MEMBER, type Member } from "./file.ts";

const named = z.record(z.string(), z.unknown()).nullish();

const NAMES = { upstreams: upstreamName(), limits: objectName(), policies: objectName() };

type Issues = Parameters<typeof fieldErrors>[1];

/** A line for each member that is not usable: `upstreams.notes.targets.0: must be …`. */
const linesOf = (place: string, issues: Issues): string[] =>
  fieldErrors("json", issues).map(({ pointer, detail }) => {
    const at = pointer.slice(2).replaceAll("/", ".").replaceAll("~1", "/").replaceAll("~0", "~");
    return `${[place, at].filter((part) => part !== "").join(".") || "the file"}: ${detail}`;
  });

const objectIn = (member: Member, name: string, given: unknown): FileObject | string[] => {
  const place = `${member}.${name}`;
  const ofName = NAMES[member].safeParse(name);
  const nameFaults = ofName.success
    ? []
    : fieldErrors("json", ofName.error.issues).map(({ detail }) => `${place}: its name ${detail}`);
  const kind = KINDS_BY_MEMBER[member];
  const schema: z.ZodType<object> = BODIES[kind];
  const body = schema.safeParse(given);
  if (!body.success) return [...nameFaults, ...linesOf(place, body.error.issues)];
  return ofName.success ? { kind, name, body: body.data } : nameFaults;
};

const isMember = (text: string): text is Member => Object.hasOwn(KINDS_BY_MEMBER, text);

/** The objects under one member of the file; instead of each that is not usable the lines that say why. */
const objectsIn = (member: string, given: unknown): (FileObject | string[])[] => {
  if (!isMember(member)) return [[`${member}: unknown member`]];
  const objects = named.safeParse(given);
  if (!objects.success) return [linesOf(member, objects.error.issues)];
  return Object.entries(objects.data ?? {}).map(([name, body]) => objectIn(member, name, body));
};

/** What a file says: the objects that are usable, and for each that is not a line that begins with where it is. */
export interface ReadFile {
  objects: FileObject[];
  faults: string[];
}

export const parseConfigurationFile = (given: unknown): ReadFile => {
  const file = named.safeParse(given);
  if (!file.success) return { objects: [], faults: linesOf("", file.error.issues) };
  const read = Object.entries(file.data ?? {}).flatMap(([member, objects]) => objectsIn(member, objects));
  return {
    objects: read.flatMap((object) => (Array.isArray(object) ? [] : [object])),
    faults: read.flatMap((object) => (Array.isArray(object) ? object : [])),
  };
};
