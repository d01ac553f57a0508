/** The collection, and what can be said of it without a cluster. */
import type { JSX } from "preact";
import type { Schemas } from "#console";

export const COLLECTION = { name: "elements" } as const;

export type Engine = Schemas["search.SearchStatus"]["engine"];

export const NeedsCluster = ({ what }: { what: string }): JSX.Element => (
  <p class="notice">
    {what} need a Typesense cluster. This installation searches with the embedded engine: set{" "}
    <code>TYPESENSE_NODES</code> and <code>TYPESENSE_API_KEY</code> to use a cluster.
  </p>
);
