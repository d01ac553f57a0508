/** Several workers' expositions as one: what is said of a metric is said once, and its series stand together. */

/** The media type of an exposition. */
export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** A metric's lines, from its `HELP` to the next one's. */
const BETWEEN_METRICS = /^(?=# HELP )/m;

/** One valid exposition in the text format 0.0.4, out of those that prom-client writes: `HELP`, `TYPE`, series. */
export const mergeExpositions = (expositions: readonly string[]): string => {
  const metrics = new Map<string, string[]>();
  for (const exposition of expositions) {
    for (const metric of exposition.split(BETWEEN_METRICS)) {
      const [help = "", type = "", ...series] = metric.trim().split("\n");
      const name = help.split(" ", 3)[2] ?? "";
      const lines = metrics.get(name) ?? [help, type];
      metrics.set(name, lines);
      lines.push(...series);
    }
  }
  return [...metrics.values()].map((lines) => `${lines.join("\n")}\n`).join("\n");
};

const SERIES = /^(?!#)(\w+)(\{)?/gm;

/** The same exposition with one more label in every series; the value needs no escapes. */
export const labelSeries = (exposition: string, label: string, value: string): string =>
  exposition.replace(SERIES, (_, name, hasLabels) => `${name}{${label}="${value}"${hasLabels ? "," : "}"}`);

/** Which workers responded to a scrape, as an exposition of its own. */
export const upExposition = (responded: ReadonlyMap<string, boolean>): string =>
  [
    "# HELP fountain_worker_up Whether the worker responded to this scrape.",
    "# TYPE fountain_worker_up gauge",
    ...[...responded].map(([worker, isUp]) => `fountain_worker_up{worker="${worker}"} ${isUp ? 1 : 0}`),
    "",
  ].join("\n");
