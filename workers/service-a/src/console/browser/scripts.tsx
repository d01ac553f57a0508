/** Scripts: the list, one as it is laid out, the versions of an element, and what search refused. */
import type { JSX } from "preact";
import type { PanelProps } from "#console";
import { DeadLetters } from "./dead-letters.tsx";
import { isElementType } from "./element.ts";
import { Script } from "./script.tsx";
import { ScriptList } from "./script-list.tsx";
import { Versions } from "./versions.tsx";

export const Scripts = ({ rest: [first, type, element] }: PanelProps): JSX.Element => {
  if (first === undefined) return <ScriptList />;
  if (first === "dead-letters") return <DeadLetters />;
  if (type !== undefined && isElementType(type))
    return <Versions scriptId={Number(first)} type={type} id={Number(element)} />;
  return <Script id={Number(first)} />;
};
