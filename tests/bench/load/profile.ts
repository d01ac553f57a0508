/** Where a worker's time goes, by source line: a CPU profile over workerd's inspector. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import type { Table } from "../table.ts";

const SAMPLING_INTERVAL_US = 200;
const LINES_SHOWN = 40;
const TEXT_SHOWN = 90;

const targets = z.array(z.object({ id: z.string(), webSocketDebuggerUrl: z.string() }));

const profileResult = z.object({
  profile: z.object({
    nodes: z.array(
      z.object({
        callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
        hitCount: z.number().default(0),
        positionTicks: z.array(z.object({ line: z.number(), ticks: z.number() })).default([]),
      }),
    ),
  }),
});

type Node = z.infer<typeof profileResult>["profile"]["nodes"][number];

const reply = z.object({
  id: z.number().optional(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});

/** A session of the protocol: one call at a time. */
const openSession = async (url: string) => {
  const socket = new WebSocket(url);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error("the inspector refuses the connection")));
  });
  let lastId = 0;
  const call = (method: string, params: object = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      lastId += 1;
      const id = lastId;
      const receive = ({ data }: MessageEvent): void => {
        const message = reply.parse(JSON.parse(String(data)));
        if (message.id !== id) return;
        socket.removeEventListener("message", receive);
        if (message.error) reject(new Error(`${method}: ${message.error.message}`));
        else resolve(message.result);
      };
      socket.addEventListener("message", receive);
      socket.send(JSON.stringify({ id, method, params }));
    });
  return { call, close: () => socket.close() };
};

/** esbuild writes the name of each source file above what it has of it. */
const MODULE_COMMENT = /^\/\/ (\S+\.[cm]?[jt]s)$/;

/** Of every line of a bundle, the source file. */
const modulesOf = (lines: readonly string[]): string[] => {
  let module = "";
  return lines.map((line) => {
    module = MODULE_COMMENT.exec(line)?.[1] ?? module;
    return module;
  });
};

const SEPARATOR = "\0";
const placeOf = (file: string, name: string, line: string): string => [file, `\`${name}\``, line].join(SEPARATOR);

/** Samples by file, function and line. */
const selfTimes = (nodes: readonly Node[], bundle: string): Map<string, number> => {
  const lines = readFileSync(bundle, "utf8").split("\n");
  const modules = modulesOf(lines);
  const times = new Map<string, number>();
  const add = (place: string, ticks: number): void => {
    times.set(place, (times.get(place) ?? 0) + ticks);
  };
  for (const { callFrame, hitCount, positionTicks } of nodes) {
    const { functionName, lineNumber } = callFrame;
    const name = functionName || "(anonymous)";
    if (lineNumber < 0 || positionTicks.length === 0) add(placeOf("", name, "(runtime)"), hitCount);
    for (const { line, ticks } of positionTicks) {
      const text = lines[line - 1]?.trim().slice(0, TEXT_SHOWN).replaceAll("|", "¦").replaceAll("`", "'");
      if (lineNumber >= 0) add(placeOf(modules[line - 1] ?? "", name, `\`${text}\``), ticks);
    }
  }
  return times;
};

export interface ProfileOptions {
  /** Of the inspector. */
  port: number;
  worker: string;
  /** Where its bundle is: that of the product, if another module stands in its place. */
  directory: string;
}

const bundleOf = ({ directory, worker }: ProfileOptions): string => {
  const product = path.join(directory, `product-${worker}.js`);
  return existsSync(product) ? product : path.join(directory, `${worker}.js`);
};

/** Profiles one worker while `work` runs. */
export const profile = async (options: ProfileOptions, work: () => Promise<unknown>): Promise<Table> => {
  const { port, worker } = options;
  const found = targets.parse(await (await fetch(`http://127.0.0.1:${port}/json`)).json());
  const target = found.find(({ id }) => id === `fountain-${worker}`);
  if (target === undefined) throw new Error(`the inspector knows ${found.map(({ id }) => id).join(", ")}`);
  const { call, close } = await openSession(target.webSocketDebuggerUrl);
  await call("Profiler.enable");
  await call("Profiler.setSamplingInterval", { interval: SAMPLING_INTERVAL_US });
  await call("Profiler.start");
  await work();
  const { profile: taken } = profileResult.parse(await call("Profiler.stop"));
  close();
  const times = [...selfTimes(taken.nodes, bundleOf(options))];
  const total = times.reduce((sum, [, ticks]) => sum + ticks, 0);
  const largest = times.toSorted(([, a], [, b]) => b - a).slice(0, LINES_SHOWN);
  return {
    title: `Where the time of ${worker} goes`,
    method: `Self time by source line, of ${total} samples, one each ${SAMPLING_INTERVAL_US} µs.`,
    columns: ["share", "file", "function", "line"],
    rows: largest.map(([place, ticks]) => [`${((100 * ticks) / total).toFixed(1)} %`, ...place.split(SEPARATOR)]),
  };
};
