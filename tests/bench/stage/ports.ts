/** Loopback ports by name, all different. */
import { freePorts } from "../../../runtime/local/ports.ts";

export const portsFor = async <Name extends string>(names: readonly Name[]): Promise<Record<Name, number>> => {
  const free = new Set<number>();
  while (free.size < names.length) for (const port of await freePorts()) free.add(port);
  const ports: Partial<Record<Name, number>> = {};
  const isWhole = (some: Partial<Record<Name, number>>): some is Record<Name, number> =>
    names.every((name) => name in some);
  for (const [index, port] of [...free].entries()) {
    const name = names[index];
    if (name !== undefined) ports[name] = port;
  }
  if (!isWhole(ports)) throw new Error("a port is missing");
  return ports;
};
