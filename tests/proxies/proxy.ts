/** Real proxies in front of a static site and a service, by a configuration of the guide with other addresses. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { createGuard } from "../../runtime/local/guard.ts";
import { freePorts } from "../../runtime/local/ports.ts";
import { stopProcess } from "../../runtime/local/process.ts";
import { untilListening } from "../support/programs/listening.ts";

export interface Page {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface RunningProxy {
  /** A call of the site, with the path as it is written here. */
  get(target: string, headers?: Record<string, string>): Promise<Page>;
  /** Of the last call, the header fields that came to the service behind the proxy. */
  passedOn(): IncomingHttpHeaders;
  stop(): Promise<void>;
}

const HOST = "site.example";

export const getFrom = (port: number, target: string, headers: Record<string, string> = {}): Promise<Page> =>
  new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path: target, headers: { ...headers, host: HOST } }, (incoming) => {
      let body = "";
      incoming.setEncoding("utf8").on("data", (chunk) => {
        body += chunk;
      });
      incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body }));
    });
    sent.on("error", reject).end();
  });

/** Files of which some are for anyone, as the upstream's routes say. */
const FILES: Readonly<Record<string, string>> = {
  "page.txt": "protected\n",
  "open/page.txt": "open\n",
  "near/page.txt": "near\n",
  "far/page.txt": "far\n",
};

/** A service that notes what comes to it, and has the files as well, for a proxy that serves none itself. */
export const startService = async (port: number) => {
  let seen: IncomingHttpHeaders = {};
  const server = createServer(({ headers, url = "" }, response) => {
    seen = headers;
    response.end(FILES[url.split("?", 1)[0]?.slice(1) ?? ""] ?? "service\n");
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { seen: () => seen, stop: () => server.close() };
};

const writeSite = (directory: string): string => {
  const site = path.join(directory, "site");
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(path.join(site, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(site, name), text);
  }
  return site;
};

interface Program {
  /** The configuration around the guide's, which listens at this address. */
  wrap: (text: string, directory: string, port: number) => string;
  command: (file: string) => [string, ...string[]];
}

const start = async ({ wrap, command }: Program, text: string, fountain: string): Promise<RunningProxy> => {
  const directory = mkdtempSync(path.join(tmpdir(), "fountain-proxy-"));
  const [port, servicePort] = await freePorts();
  const service = await startService(servicePort);
  const replaced = text
    .replaceAll("127.0.0.1:8787", fountain)
    .replaceAll("127.0.0.1:9000", `127.0.0.1:${servicePort}`)
    .replaceAll("/srv/site", writeSite(directory));
  const file = path.join(directory, "proxy.conf");
  writeFileSync(file, wrap(replaced, directory, port));
  const [program, ...args] = command(file);
  const child: ChildProcess = spawn(program, args, {
    env: {
      PATH: `${process.env["PATH"]}:/usr/sbin`,
      HOME: directory,
      XDG_DATA_HOME: directory,
      XDG_CONFIG_HOME: directory,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const guard = createGuard();
  guard.watch(program, child.pid);
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    if (stream) createInterface(stream).on("line", (line) => lines.push(line));
  const isListening = () =>
    getFrom(port, "/").then(
      () => true,
      () => false,
    );
  await untilListening(program, isListening, () => lines.join("\n"));
  return {
    get: (target, headers) => getFrom(port, target, headers),
    passedOn: service.seen,
    stop: async () => {
      await stopProcess(child);
      guard.release();
      service.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
};

/** `text`: a `server` block; `fountain`: the gateway's host and port. */
export const startNginx = (text: string, fountain: string): Promise<RunningProxy> =>
  start(
    {
      wrap: (server, directory, port) => `user root;
daemon off;
pid ${directory}/nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  ${server.replace("listen 80;", `listen 127.0.0.1:${port};`)}
}
`,
      command: (file) => ["nginx", "-e", "stderr", "-c", file],
    },
    text,
    fountain,
  );

/** `text`: a site's block. */
export const startCaddy = (text: string, fountain: string): Promise<RunningProxy> =>
  start(
    {
      wrap: (site, _, port) =>
        `{\n\tadmin off\n}\n${site.replace(`http://${HOST} {`, `http://${HOST}:${port} {\n\tbind 127.0.0.1`)}`,
      command: (file) => ["caddy", "run", "--adapter", "caddyfile", "--config", file],
    },
    text,
    fountain,
  );
