/** The audit trail: what happened, the whole story of an entry, and the proof that nothing was changed. */
import type { JSX } from "preact";
import type { PanelProps } from "#console";
import { Story } from "./story.tsx";
import { Trail } from "./trail.tsx";
import { Verify } from "./verify.tsx";

export const Audit = ({ rest: [part] }: PanelProps): JSX.Element => {
  if (part === undefined) return <Trail />;
  if (part === "verify") return <Verify />;
  return <Story id={Number(part)} />;
};
