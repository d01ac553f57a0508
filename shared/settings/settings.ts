/**
 * What an operator may set: each setting by itself, with the words for what it may be, and rules over several. Every
 * check of settings reads these schemas: a worker at its start, `npm start`, the Compose stack and a deployment.
 */
import { z } from "zod";

interface Meaning {
  /** What it may be, as it stands after "set it to". */
  allowed: string;
  /** Its value is never shown. */
  isSecret: boolean;
}

const meanings = z.registry<Meaning>();

/**
 * Unset variables arrive as `null` from workerd and as `undefined` elsewhere; one that is set to nothing is unset too. A var
 * of a wrangler file may be a number.
 */
const textOf = (value: unknown): unknown => {
  if (value === null || value === "") return undefined;
  return typeof value === "number" ? String(value) : value;
};

const define = <Schema extends z.ZodType>(schema: Schema, meaning: Meaning) => {
  const defined = z.preprocess(textOf, schema);
  meanings.add(defined, meaning);
  return defined;
};

/** A setting, and what it may be: `"open or closed"`. */
export const setting = <Schema extends z.ZodType>(allowed: string, schema: Schema) =>
  define(schema, { allowed, isSecret: false });

/** A setting whose value is, or may contain, a credential. */
export const secretSetting = <Schema extends z.ZodType>(allowed: string, schema: Schema) =>
  define(schema, { allowed, isSecret: true });

/** One of a few words. */
export const choice = <const Word extends string>(words: readonly Word[], fallback: NoInfer<Word>) =>
  setting(
    `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`,
    z.enum(words).default(fallback as Exclude<Word, undefined>),
  );

/** A whole number, in decimal digits. */
export const wholeNumber = ({ min, max, fallback }: { min: number; max: number; fallback: number }) =>
  setting(
    `a whole number from ${min} to ${max}`,
    z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number)
      .pipe(z.number().min(min).max(max))
      .default(fallback),
  );

/** The parts of a list with commas between. */
export const listed = (text: string): string[] => text.split(",").flatMap((part) => part.trim() || []);

/** What several settings must be together. */
export interface Rule<Env> {
  /** It is looked at once each of these is usable by itself. */
  settings: readonly (keyof Env & string)[];
  /** The setting to change, and what is wrong with it, as it stands after its name. */
  conflict: (env: Env) => readonly [name: keyof Env & string, conflict: string] | undefined;
}

/** The settings of a worker, or of the runtime. */
export const settingsSchema = <Shape extends z.ZodRawShape>(
  shape: Shape,
  rules: readonly Rule<z.output<z.ZodObject<Shape>>>[] = [],
) =>
  z.object(shape).superRefine(
    (env, context) => {
      const unusable = new Set(context.issues.map(({ path }) => path?.[0]));
      for (const { settings, conflict } of rules) {
        if (settings.some((name) => unusable.has(name))) continue;
        const [name, message] = conflict(env) ?? [];
        if (name !== undefined) context.addIssue({ code: "custom", path: [name], message, params: { conflict: true } });
      }
    },
    { when: () => true },
  );

/** A setting that is not usable. */
export interface SettingFault {
  setting: string;
  isSecret: boolean;
  /** What it may be; absent where it conflicts with others. */
  allowed?: string;
  /** What is wrong with it beside others; absent where it is wrong by itself. */
  conflict?: string;
}

/** A schema of settings has a shape; one of bindings alone may have none. */
type Shaped = z.ZodType & { shape?: z.ZodRawShape };

const meaningOf = ({ shape }: Shaped, name: string): Meaning | undefined => {
  const schema = shape?.[name];
  return schema && meanings.get(schema);
};

/** What a setting may be, as it stands after "set it to". */
export const allowedIn = (schema: Shaped, name: string): string | undefined => meaningOf(schema, name)?.allowed;

/** The names of the settings in a schema, which has bindings too. */
export const settingNames = (schema: Shaped): string[] =>
  Object.keys(schema.shape ?? {}).filter((name) => meaningOf(schema, name) !== undefined);

const isConflict = (issue: z.core.$ZodIssue): boolean => issue.code === "custom" && issue.params?.["conflict"] === true;

/** One fault for each setting that is not usable, in the order of the schema. */
export const faultsIn = (schema: Shaped, issues: readonly z.core.$ZodIssue[]): SettingFault[] => {
  const faults = issues.map((issue): SettingFault => {
    const name = String(issue.path[0]);
    const { allowed = issue.message, isSecret = true } = meaningOf(schema, name) ?? {};
    return { setting: name, isSecret, ...(isConflict(issue) ? { conflict: issue.message } : { allowed }) };
  });
  return [...new Map(faults.map((fault) => [fault.setting, fault])).values()];
};
