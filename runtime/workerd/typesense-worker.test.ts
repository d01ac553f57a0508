import { expect, test } from "vitest";
import typesense from "./typesense-worker.ts";

const node = (name: string) => ({ fetch: async (request: Request) => new Response(`${name} ${request.url}`) });
const NODES = { TYPESENSE_NODES: "http://10.0.0.1:8108,https://search.example/ts" };

const ask = async (url: string, nodes: typeof NODES | { TYPESENSE_NODES: null } = NODES) => {
  const response = await typesense.fetch(new Request(url), { NODE_1: node("first"), NODE_2: node("second"), ...nodes });
  return `${response.status} ${await response.text()}`;
};

test("a request goes to the node that its URL names", async () => {
  expect(await ask("http://10.0.0.1:8108/health")).toBe("200 first http://10.0.0.1:8108/health");
  expect(await ask("https://search.example/ts/health")).toBe("200 second https://search.example/ts/health");
});

test.each(["http://10.0.0.1:8080/", "https://10.0.0.1:8108/", "http://search.example/", "http://evil.example/"])(
  "a request to %s goes nowhere",
  async (url) => {
    expect(await ask(url)).toBe("502 ");
  },
);

test("without nodes there is nowhere to go", async () => {
  expect(await ask("http://10.0.0.1:8108/", { TYPESENSE_NODES: null })).toBe("502 ");
});
