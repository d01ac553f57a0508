/** Reads the parameters of a search one after the other, and keeps what is wrong with them. */
import type { ParameterFault } from "./engine.ts";
import type { QueryParameter } from "./parameter-names.ts";
import { type Read, readPerField, readUnsigned, type SearchParameters, textOf } from "./parameters.ts";

const BOOLEANS = new Map([
  ["true", true],
  ["false", false],
]);

export const parseBoolean = (text: string): boolean | undefined => BOOLEANS.get(text.toLowerCase());

export const parseSmall =
  (most: number) =>
  (text: string): number | undefined =>
    /^\d{1,3}$/.test(text) && Number(text) <= most ? Number(text) : undefined;

/** A reader of these parameters; a parameter that is wrong has the value that it has by default. */
export const createReader = (parameters: SearchParameters) => {
  const faults: ParameterFault[] = [];
  const keep = <Value>(parameter: string, read: Read<Value>, otherwise: Value): Value => {
    if (read.ok) return read.value;
    const { kind: _, ...fault } = read.error;
    faults.push({ parameter, ...fault });
    return otherwise;
  };
  return {
    faults,
    keep,
    text: (name: QueryParameter): string => textOf(parameters, name),
    has: (name: QueryParameter): boolean => textOf(parameters, name).trim() !== "",
    unsigned: (name: QueryParameter, otherwise: number): number =>
      keep(name, readUnsigned(parameters, name, otherwise), otherwise),
    perField: <Value>(
      name: QueryParameter,
      fieldCount: number,
      otherwise: Value,
      parse: (text: string) => Value | undefined,
    ): Value[] => keep(name, readPerField(parameters, name, fieldCount, otherwise, parse), []),
  };
};

export type Reader = ReturnType<typeof createReader>;
