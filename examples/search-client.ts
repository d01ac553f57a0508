/**
 * Searches Fountain with Typesense's own client: one search, then two at once.
 *
 *   FOUNTAIN_API_KEY=ftn_… node examples/search-client.ts lighthouse      FOUNTAIN_URL from the environment
 */
import { Client } from "typesense";

interface Element {
  id: string;
  element_type: string;
  text: string;
}

const gateway = new URL(process.env["FOUNTAIN_URL"] ?? "http://localhost:8787");
const isHttps = gateway.protocol === "https:";
const client = new Client({
  nodes: [
    {
      protocol: isHttps ? "https" : "http",
      host: gateway.hostname,
      port: Number(gateway.port || (isHttps ? 443 : 80)),
      path: "/search",
    },
  ],
  // An API key, an access token, or a scoped key.
  apiKey: process.env["FOUNTAIN_API_KEY"] ?? "",
});

const words = process.argv.slice(2).join(" ") || "*";
const query = { q: words, query_by: "text,comment" };

const found = await client
  .collections<Element>("elements")
  .documents()
  .search({ ...query, facet_by: "element_type" });
console.log(`${found.found} of ${found.out_of} elements`);
for (const { document, highlight } of found.hits ?? [])
  console.log(`  ${document.element_type}: ${highlight.text?.snippet ?? document.text}`);
for (const { value, count } of found.facet_counts?.[0]?.counts ?? []) console.log(`  ${count} × ${value}`);

const { results } = await client.multiSearch.perform<[Element, Element]>(
  { searches: [{ filter_by: "element_type:=section" }, { filter_by: "element_type:=action" }] },
  { ...query, collection: "elements", per_page: 1 },
);
console.log(`in ${results[0].found} headings and ${results[1].found} actions`);
