/** The people with an account: `/console/people`, and each below it. */
import type { JSX } from "preact";
import type { PanelProps } from "#console";
import { PeopleList } from "./people-list.tsx";
import { PersonPage } from "./person-page.tsx";

export const People = ({ rest: [id] }: PanelProps): JSX.Element =>
  id === undefined ? <PeopleList /> : <PersonPage key={id} id={id} />;
