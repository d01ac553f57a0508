/** The configuration file: the objects that the API stores, by kind and name, checked by the same schemas. */
import { z } from "zod";
import { fieldErrors } from "#shared/http/field-errors.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { objectName, upstreamName } from "../matching/names.ts";
import { BODIES } from "./configuration.ts";
import { type FileObject, KINDS_BY_MEMBER, type Member } from "./file.ts";

const objects = z.record(z.string(), z.unknown()).nullish();
const fileSchema = z
  .strictObject({ upstreams: objects, limits: objects, policies: objects } satisfies Record<Member, unknown>)
  .nullish();

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
  const named = NAMES[member].safeParse(name);
  if (!named.success)
    return fieldErrors("json", named.error.issues).map(({ detail }) => `${place}: its name ${detail}`);
  const kind = KINDS_BY_MEMBER[member];
  const schema: z.ZodType<object> = BODIES[kind];
  const body = schema.safeParse(given);
  return body.success ? { kind, name, body: body.data } : linesOf(place, body.error.issues);
};

const isMember = (text: string): text is Member => text in KINDS_BY_MEMBER;

/** The objects of a file. `invalid`: one line for each member that is not usable, which begins with where it is. */
export const parseConfigurationFile = (
  given: unknown,
): Result<FileObject[], { kind: "invalid"; faults: readonly string[] }> => {
  const file = fileSchema.safeParse(given);
  if (!file.success) return failure("invalid", { faults: linesOf("", file.error.issues) });
  const read = Object.entries(file.data ?? {}).flatMap(([member, named]) =>
    isMember(member) ? Object.entries(named ?? {}).map(([name, body]) => objectIn(member, name, body)) : [],
  );
  const faults = read.flatMap((object) => (Array.isArray(object) ? object : []));
  if (faults.length > 0) return failure("invalid", { faults });
  return success(read.flatMap((object) => (Array.isArray(object) ? [] : [object])));
};
