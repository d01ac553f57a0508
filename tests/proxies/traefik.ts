/**
 * Stands in for Traefik, which no package of Debian or npm has: an entry point that trusts no one, and of a dynamic
 * configuration the middlewares `headers` and `forwardAuth`, as Traefik's reference and the requests that it sends have them.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { parse } from "yaml";
import { z } from "zod";
import { freePorts } from "../../runtime/local/ports.ts";
import { getFrom, type RunningProxy, startService } from "./proxy.ts";

const configuration = z.strictObject({
  http: z.strictObject({
    middlewares: z.record(
      z.string(),
      z.strictObject({
        headers: z.strictObject({ customRequestHeaders: z.record(z.string(), z.string()) }).optional(),
        forwardAuth: z
          .strictObject({
            address: z.string(),
            trustForwardHeader: z.literal(false),
            authResponseHeaders: z.array(z.string()),
            authResponseHeadersRegex: z.string(),
          })
          .optional(),
      }),
    ),
    routers: z.strictObject({
      site: z.strictObject({ rule: z.string(), middlewares: z.array(z.string()), service: z.literal("site") }),
    }),
    services: z.strictObject({
      site: z.strictObject({
        loadBalancer: z.strictObject({ servers: z.tuple([z.strictObject({ url: z.string() })]) }),
      }),
    }),
  }),
});

/** Names of fields in lower case. */
type Headers = Record<string, string>;

const OF_ENTRY_POINT = ["for", "host", "method", "port", "prefix", "proto", "server", "uri"].map(
  (name) => `x-forwarded-${name}`,
);
/** Of one connection: not sent along with the question. */
const HOP_BY_HOP = ["connection", "keep-alive", "te", "trailers", "transfer-encoding", "upgrade"];

/** What callers say of where they are does not pass the entry point. */
const enter = ({ headers }: IncomingMessage, port: number): Headers => {
  const { host = "", connection = "", ...sent } = headers;
  const named = connection.toLowerCase().split(/[\s,]+/);
  const kept = Object.entries(sent).filter(
    ([name]) => !OF_ENTRY_POINT.includes(name.replaceAll("_", "-")) && !named.includes(name),
  );
  return {
    ...Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
    "x-real-ip": "127.0.0.1",
    "x-forwarded-proto": "http",
    "x-forwarded-port": String(port),
    "x-forwarded-host": host,
    "x-forwarded-server": "traefik",
  };
};

const without = (headers: Headers, names: readonly string[]): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));

const ask = (url: string, method: string, headers: Headers): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request(url, { method, headers, agent: false }, resolve).on("error", reject).end();
  });

const inGo = (expression: string): RegExp => new RegExp(expression.replace("(?i)", ""), "i");

/** What it sends back in place of the service, or the fields of the request that goes on. */
type Passage = { refusal: IncomingMessage } | { headers: Headers };

type ForwardAuth = NonNullable<z.infer<typeof configuration>["http"]["middlewares"][string]["forwardAuth"]>;

const forwardAuth = async (
  { address, authResponseHeaders, authResponseHeadersRegex }: ForwardAuth,
  { method = "", url = "" }: IncomingMessage,
  headers: Headers,
): Promise<Passage> => {
  const asked = await ask(address, "GET", {
    "accept-encoding": "gzip",
    ...without(headers, [...HOP_BY_HOP, "content-length"]),
    "x-forwarded-for": "127.0.0.1",
    "x-forwarded-method": method,
    "x-forwarded-uri": url,
  });
  const { statusCode = 0, headers: said } = asked;
  if (statusCode < 200 || statusCode > 299) return { refusal: asked };
  asked.resume();
  const names = authResponseHeaders.map((name) => name.toLowerCase());
  const isReplaced = (name: string): boolean => names.includes(name) || inGo(authResponseHeadersRegex).test(name);
  const replaced = ([name]: [string, unknown]): boolean => isReplaced(name);
  return {
    headers: {
      ...without(headers, Object.keys(headers).filter(isReplaced)),
      ...Object.fromEntries(
        Object.entries(said)
          .filter(replaced)
          .map(([name, value]) => [name, String(value)]),
      ),
    },
  };
};

const replaceFields = (headers: Headers, custom: Readonly<Record<string, string>>): Headers => {
  const set = Object.entries(custom).map(([name, value]) => [name.toLowerCase(), value] as const);
  const kept = without(
    headers,
    set.map(([name]) => name),
  );
  return { ...kept, ...Object.fromEntries(set.filter(([, value]) => value !== "")) };
};

const passOn = async (from: IncomingMessage, to: ServerResponse): Promise<void> => {
  const { statusCode = 0, headers } = from;
  const kept: IncomingHttpHeaders = { ...headers };
  for (const name of HOP_BY_HOP) delete kept[name];
  to.writeHead(statusCode, kept).end(await text(from));
};

/** `written`: a dynamic configuration; `fountain`: the gateway's host and port. */
export const startTraefik = async (written: string, fountain: string): Promise<RunningProxy> => {
  const [port, servicePort] = await freePorts();
  const service = await startService(servicePort);
  const addressed = written
    .replaceAll("127.0.0.1:8787", fountain)
    .replaceAll("127.0.0.1:9000", `127.0.0.1:${servicePort}`);
  const { middlewares, routers, services } = configuration.parse(parse(addressed)).http;
  const [, host] = /^Host\(`([^`]+)`\)$/.exec(routers.site.rule) ?? [];
  const [{ url }] = services.site.loadBalancer.servers;

  const respond = async (received: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (received.headers.host?.replace(/:\d+$/, "").toLowerCase() !== host) return void response.writeHead(404).end();
    let headers = enter(received, port);
    for (const name of routers.site.middlewares) {
      const { headers: custom, forwardAuth: auth } = middlewares[name] ?? {};
      if (custom) headers = replaceFields(headers, custom.customRequestHeaders);
      if (!auth) continue;
      const passage = await forwardAuth(auth, received, headers);
      if ("refusal" in passage) return passOn(passage.refusal, response);
      headers = passage.headers;
    }
    return passOn(await ask(url + received.url, received.method ?? "", headers), response);
  };
  const server = createServer((received, response) => {
    respond(received, response).catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    get: (target, headers) => getFrom(port, target, headers),
    passedOn: service.seen,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      service.stop();
    },
  };
};
