/** Counters, gauges and histograms whose labels can take only the values they were declared with. */
import Counter from "prom-client/lib/counter.js";
import Gauge from "prom-client/lib/gauge.js";
import Histogram from "prom-client/lib/histogram.js";
import Registry from "prom-client/lib/registry.js";
import type { WorkerName } from "../contracts/workers.ts";

/** What a label says when its value is not among the declared ones: whatever callers send, no series is added. */
const OTHER = "other";

export interface Instrument<Label extends string> {
  name: string;
  help: string;
  /** Every value that each label can take. */
  labels: Readonly<Record<Label, ReadonlySet<string>>>;
  /**
   * The series that a worker exposes at 0 from its start. Whatever a rule takes the increase of must be among them:
   * Prometheus sees no increase in the first value of a series, so a burst that begins a series goes unnoticed.
   */
  fromStart?: (worker: WorkerName) => Iterable<Record<Label, string>>;
}

/** One per isolate, and so one per worker. */
const registry = new Registry();

/** Everything that was declared, by its name. */
export const instruments = new Map<string, Instrument<string>>();

const bounded = <Label extends string>(
  allowed: Readonly<Record<Label, ReadonlySet<string>>>,
  labels: Record<Label, string>,
): Record<Label, string> => {
  const safe = { ...labels };
  for (const name in allowed) if (!allowed[name].has(safe[name])) safe[name] = OTHER;
  return safe;
};

/** The prom-client options of an instrument, which is noted as declared. */
const declare = (instrument: Instrument<string>) => {
  const { name, help, labels } = instrument;
  instruments.set(name, instrument);
  return { name, help, labelNames: Object.keys(labels), registers: [registry] };
};

/** What exposes an instrument's first series, by worker. */
const starters: ((worker: WorkerName) => void)[] = [];

const startWith = <Label extends string>(
  { fromStart }: Instrument<Label>,
  initialize: (labels: Record<Label, string>) => void,
): void => {
  if (fromStart) starters.push((worker) => [...fromStart(worker)].forEach(initialize));
};

/**
 * What gives the series of these labels, made once: prom-client copies and checks labels at every call otherwise. Series of
 * values that were not declared are looked up each time, so that there are no more of them than of declared values.
 */
const heldSeries = <Label extends string, Series>(
  { labels: allowed }: Instrument<Label>,
  seriesOf: (labels: Record<Label, string>) => Series,
): ((labels: Record<Label, string>) => Series) => {
  const held = new Map<string, Series>();
  const keyOf = (labels: Record<Label, string>): string => {
    let key = "";
    for (const name in allowed) key += `${labels[name]}\n`;
    return key;
  };
  return (labels) => {
    const known = held.get(keyOf(labels));
    if (known !== undefined) return known;
    const safe = bounded(allowed, labels);
    const key = keyOf(safe);
    const series = held.get(key) ?? seriesOf(safe);
    held.set(key, series);
    return series;
  };
};

/** What increments a counter by 1. What was counted is handed to prom-client when it is asked for the numbers. */
export const createCounter = <Label extends string>(instrument: Instrument<Label>) => {
  const all = new Set<{ labels: Record<Label, string>; counted: number }>();
  const counter = new Counter({
    ...declare(instrument),
    collect: () => {
      for (const series of all) {
        counter.inc(series.labels, series.counted);
        series.counted = 0;
      }
    },
  });
  startWith(instrument, (labels) => counter.inc(labels, 0));
  const seriesOf = heldSeries(instrument, (labels) => {
    const series = { labels, counted: 0 };
    all.add(series);
    return series;
  });
  return (labels: Record<Label, string>): void => {
    seriesOf(labels).counted += 1;
  };
};

/** The values of one set of labels: how many are at most a bound and above the one before it, and their sum. */
interface Distribution<Label extends string> {
  labels: Record<Label, string>;
  counts: number[];
  sum: number;
}

/** The series of a distribution, as prom-client has them written: each bucket counts those below it too. */
const seriesOfDistribution = <Label extends string>(
  name: string,
  bounds: readonly number[],
  { labels: sharedLabels, counts, sum }: Distribution<Label>,
) => {
  let count = 0;
  const buckets = bounds.map((bound, at) => {
    count += counts[at] ?? 0;
    const le = Number.isFinite(bound) ? bound : "+Inf";
    return { metricName: `${name}_bucket`, labels: { le }, sharedLabels, value: count };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: {}, sharedLabels, value: sum },
    { metricName: `${name}_count`, labels: {}, sharedLabels, value: count },
  ];
};

/**
 * What adds an observation to a histogram; the bounds of the buckets and the value are in the unit of its name. prom-client
 * writes the numbers and does not hold them, because it would sort and join the labels at every observation.
 */
export const createHistogram = <Label extends string>(instrument: Instrument<Label>, buckets: readonly number[]) => {
  const all = new Set<Distribution<Label>>();
  const bounds = [...buckets, Number.POSITIVE_INFINITY];
  const { name, help } = instrument;
  const histogram = new Histogram({ ...declare(instrument), buckets: [...buckets] });
  Object.assign(histogram, {
    getForPromString: async () => ({
      name,
      help,
      type: "histogram",
      values: [...all].flatMap((distribution) => seriesOfDistribution(name, bounds, distribution)),
    }),
  });
  const distributionOf = heldSeries(instrument, (labels) => {
    const distribution = { labels, counts: bounds.map(() => 0), sum: 0 };
    all.add(distribution);
    return distribution;
  });
  startWith(instrument, distributionOf);
  return (labels: Record<Label, string>, value: number): void => {
    const distribution = distributionOf(labels);
    const at = bounds.findIndex((bound) => value <= bound);
    distribution.counts[at] = (distribution.counts[at] ?? 0) + 1;
    distribution.sum += value;
  };
};

/** What sets a gauge without labels; `undefined` takes it out of the exposition: better no value than an old one. */
export const createGauge = (name: string, help: string) => {
  const gauge = new Gauge(declare({ name, help, labels: {} }));
  const set = (value: number | undefined): void => (value === undefined ? gauge.remove({}) : gauge.set(value));
  set(undefined);
  return set;
};

/** A gauge that is always 1 and says what it has to say in its label. */
export const createInfo = (name: string, help: string, label: string, value: string): void =>
  new Gauge(declare({ name, help, labels: { [label]: new Set([value]) } })).set({ [label]: value }, 1);

/** Says whose metrics these are, in a label of every series, and exposes those that it has from the start. */
export const labelWorker = (worker: WorkerName): void => {
  registry.setDefaultLabels({ worker });
  for (const start of starters) start(worker);
};

/** All numbers of this worker, in Prometheus's text format 0.0.4. */
export const exposition = (): Promise<string> => registry.metrics();
