/** The processes of workerd that serve requests, as their supervisor knows them. */
import { rmSync } from "node:fs";
import path from "node:path";
import { type Home, socketIn } from "../local/home.ts";
import { logStreams, readLines } from "../local/log-file.ts";
import { spawnListening } from "./listening.ts";
import { PROCESS, PROCESSES, SIBLING_SERVICES, SIBLINGS } from "./processes.ts";
import { probeAlive, type WorkerdProcess } from "./readiness.ts";
import { CONFIG_FILE, spawnWorkerd, WATCHDOG_RESTARTS } from "./workerd.ts";

/** The internal socket of the first process; the others are reached through it, too. */
const INTERNAL = "internal";

/** The internal socket of the first process, which is that of the installation. */
export const internalSocketIn = (home: Home): string => socketIn(home.directory, INTERNAL);

/** Those that the other processes may have. */
export const siblingSocketsIn = (home: Home): string[] =>
  SIBLING_SERVICES.map((name) => socketIn(home.directory, name));

export interface ServingOptions {
  home: Home;
  /** The port that all of them listen on. */
  port: number;
  sqldPort: number;
  /** How many there are. */
  count: number;
  environment: Record<string, string>;
  /** A line that a worker logged; if absent, the lines go to standard output as they are. */
  onLine?: ((line: string) => void) | undefined;
}

const servingProcess = (
  { home, port, sqldPort, count, environment, onLine }: ServingOptions,
  { name, number, internalSocket }: { name: string; number: number; internalSocket: string },
): WorkerdProcess => {
  const log = path.join(home.logs, `${name}.log`);
  return {
    name,
    log,
    writesStack: true,
    spawn: (hangs) =>
      spawnListening({ port, isShared: count > 1 }, (publicSocket) => {
        rmSync(internalSocket, { force: true });
        const child = spawnWorkerd({
          config: path.join(home.build, CONFIG_FILE),
          environment: {
            ...environment,
            [WATCHDOG_RESTARTS]: String(hangs),
            [SIBLINGS]: String(number === 1 ? count - 1 : 0),
            [PROCESS]: String(number),
            [PROCESSES]: String(count),
          },
          publicSocket,
          internalAddress: `unix:${internalSocket}`,
          libsqlAddress: `127.0.0.1:${sqldPort}`,
          output: onLine ? "pipe" : "inherit",
        });
        if (onLine) readLines(child.stdout, onLine);
        logStreams(log, child.stderr);
        return child;
      }),
    probe: probeAlive(internalSocket),
  };
};

/** All of them; the first can do what is done once, and asks the others for their share. */
export const servingProcesses = (options: ServingOptions): [WorkerdProcess, ...WorkerdProcess[]] => {
  const { home, count } = options;
  const names = SIBLING_SERVICES.slice(0, count - 1);
  return [
    servingProcess(options, { name: "workerd", number: 1, internalSocket: internalSocketIn(home) }),
    ...names.map((name, index) =>
      servingProcess(options, { name, number: index + 2, internalSocket: socketIn(home.directory, name) }),
    ),
  ];
};
