/* The page: InstantSearch, which talks to Fountain's gateway as if it were a Typesense server. */
const { instantsearch, TypesenseInstantSearchAdapter } = window;

/** Where the gateway is, and a scoped key of now. This page's own server knows both; the API key never comes here. */
const readSettings = async () => {
  const response = await fetch("/settings");
  if (!response.ok) throw new Error(`no key to search with: ${await response.text()}`);
  return response.json();
};

const configurationOf = ({ gateway, key }) => {
  const { protocol, hostname, port } = new URL(gateway);
  const https = protocol === "https:";
  return {
    server: {
      apiKey: key,
      // A key in the address would end up in logs and histories, and is refused.
      sendApiKeyAsQueryParam: false,
      nodes: [
        { protocol: https ? "https" : "http", host: hostname, port: port || (https ? 443 : 80), path: "/search" },
      ],
    },
    additionalSearchParameters: { query_by: "text,comment" },
  };
};

/** Gets the next key before this one ends. */
const renewBefore = (adapter, expiresAt) => {
  const waitMs = Math.max(10, expiresAt - Date.now() / 1000 - 60) * 1000;
  setTimeout(async () => {
    const settings = await readSettings();
    adapter.updateConfiguration(configurationOf(settings));
    renewBefore(adapter, settings.expiresAt);
  }, waitMs);
};

const showProblem = (error) => {
  const place = document.querySelector("#problem");
  place.textContent = error.message;
  place.hidden = false;
};

const start = async () => {
  const settings = await readSettings();
  const adapter = new TypesenseInstantSearchAdapter(configurationOf(settings));
  renewBefore(adapter, settings.expiresAt);
  const search = instantsearch({ indexName: "elements", searchClient: adapter.searchClient });
  const { searchBox, stats, refinementList, rangeInput, hits, pagination } = instantsearch.widgets;
  search.on("error", ({ error }) => showProblem(error));
  search.addWidgets([
    searchBox({ container: "#searchbox", placeholder: "Words of a screenplay" }),
    stats({ container: "#stats" }),
    refinementList({ container: "#kinds", attribute: "element_type" }),
    rangeInput({ container: "#places", attribute: "sequence_number" }),
    pagination({ container: "#pagination" }),
    hits({
      container: "#hits",
      templates: {
        item: (hit, { html, components }) => html`<article data-id=${hit.id}>
          ${components.Highlight({ hit, attribute: "text" })}
          <small>${hit.element_type}, no. ${hit.sequence_number}</small>
        </article>`,
      },
    }),
  ]);
  search.start();
};

start().catch(showProblem);
