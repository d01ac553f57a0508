/** The page of one that is configured: what it is, what can be done with it, and all of it as JSON. */
import type { ComponentChildren, JSX } from "preact";
import { Link, Loading, Section, useLoaded, useRefresh, View } from "#console";
import { Actions, Remarks } from "./actions.tsx";
import type { Fields } from "./editor.tsx";
import { bodyOf, type Kind, placeOf, type Stored, show, TITLES } from "./objects.ts";

const REFRESH_SECONDS = 10;

interface OneProps {
  kind: Kind;
  name: string;
  fields: Fields;
  /** What deleting it does. */
  deletion: string;
  children: (stored: Stored) => ComponentChildren;
}

export const One = ({ kind, name, fields, deletion, children }: OneProps): JSX.Element => {
  const shown = useLoaded((signal) => show(kind, name, signal), [kind, name]);
  useRefresh(REFRESH_SECONDS, shown);
  const stored = shown.value?.stored;
  return (
    <View
      title={name}
      lead={<Link to={placeOf(kind)}>All {TITLES[kind].all.toLowerCase()}</Link>}
      actions={
        stored && (
          <Actions kind={kind} stored={stored} fields={fields} onChange={shown.reload}>
            {deletion}
          </Actions>
        )
      }
    >
      <Loading of={shown} isThere={stored !== undefined}>
        {stored && (
          <>
            <Remarks stored={stored} />
            {children(stored)}
            <Section title="All of it">
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by the keyboard. */}
              <pre tabIndex={0}>{JSON.stringify(bodyOf(stored), undefined, 2)}</pre>
            </Section>
          </>
        )}
      </Loading>
    </View>
  );
};
