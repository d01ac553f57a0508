/** What a problem says of single fields, which is shown beside them. */
import type { FieldError } from "../../typescript/src/index.ts";

/** Where in what was sent: `health/path`. */
export const placeOf = (pointer: string): string => pointer.replace(/^#\/?/, "");

/** Whether it is about the field of this name, or about something in it. */
export const isAbout = ({ pointer }: FieldError, name: string): boolean => {
  const place = placeOf(pointer);
  return place === name || place.startsWith(`${name}/`);
};

/** What it says beside the field of this name: of something in it, where that is. */
export const besideField = ({ pointer, detail }: FieldError, name: string): string => {
  const within = placeOf(pointer).slice(name.length + 1);
  return within === "" ? detail : `${within}: ${detail}`;
};
