/** Reads an exposition as Prometheus would (text format 0.0.4), and refuses what Prometheus would refuse. */

export interface Sample {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

export interface Exposition {
  samples: readonly Sample[];
  /** What each metric is, by its name. */
  types: ReadonlyMap<string, string>;
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const SERIES_SUFFIX = /_(?:bucket|sum|count)$/;

const readSample = (line: string): Sample => {
  const [, name, labels = "", value] = SAMPLE.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`not a sample: ${line}`);
  const pairs = [...labels.matchAll(LABEL)].map(([, label = "", text = ""]) => [label, text]);
  return {
    name,
    labels: Object.fromEntries(pairs),
    value: value === "+Inf" ? Number.POSITIVE_INFINITY : Number(value),
  };
};

/** The metric that a series belongs to. */
export const metricOf = (series: string, types: ReadonlyMap<string, string>): string =>
  types.has(series) ? series : series.replace(SERIES_SUFFIX, "");

/** Throws when a metric is described twice, a series stands apart from its metric, or a series is there twice. */
export const parseExposition = (text: string): Exposition => {
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  const seen = new Set<string>();
  let current = "";
  for (const line of text.split("\n").filter((one) => one !== "")) {
    const [, kind, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === "TYPE") {
      if (types.has(name)) throw new Error(`${name} is described twice`);
      types.set(name, rest);
      current = name;
    }
    if (kind !== undefined) continue;
    const sample = readSample(line);
    if (metricOf(sample.name, types) !== current) throw new Error(`${sample.name} stands under ${current}`);
    const series = line.slice(0, line.lastIndexOf(" "));
    if (seen.has(series)) throw new Error(`${series} is there twice`);
    seen.add(series);
    samples.push(sample);
  }
  return { samples, types };
};

/** The sum of a metric's samples that have these labels. */
export const total = ({ samples }: Exposition, name: string, labels: Record<string, string> = {}): number =>
  samples
    .filter((sample) => sample.name === name)
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
