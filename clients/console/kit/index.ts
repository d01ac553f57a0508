/** What panels are made with. They import it as `#console`, and Preact by its own name: the console has one of each. */
export type { ItemOf, Schemas } from "../../typescript/src/index.ts";
export { FountainError } from "../../typescript/src/index.ts";
export { askBy, type Challenge, call, fetchPath, list, type StepUp } from "./calls.ts";
export { Bars, Progress } from "./charts.tsx";
export { Confirm, Dialog } from "./dialogs.tsx";
export {
  Badge,
  Button,
  Copyable,
  CopyButton,
  Empty,
  Failure,
  Loading,
  relativeTime,
  Section,
  Time,
  type Tone,
  View,
} from "./elements.tsx";
export { fetchAs, saveFile } from "./files.ts";
export { Checks, Choice, Field, Form, TextField, type Values, valuesOf } from "./forms.tsx";
export { addressOf, Link, navigate, PanelLink, useLocation } from "./navigation.tsx";
export { Notices, notify } from "./notices.tsx";
export { pageData } from "./page-data.ts";
export { GROUPS, type Panel, type PanelProps } from "./panel.ts";
export { PanelsContext, type Profile, ProfileContext, useMay, useProfile } from "./session.ts";
export { type Action, type Listed, type Loaded, useAction, useEvery, useList, useLoaded, useRefresh } from "./state.ts";
export { type Column, ListTable, Pages, Table } from "./tables.tsx";
