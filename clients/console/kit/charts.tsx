/** Small charts. What they show stands in words beside them. */
import type { JSX } from "preact";

interface BarsProps {
  /** What it shows, for those who do not see it. */
  label: string;
  values: readonly number[];
  tone?: "plain" | "bad" | "warn" | "good";
}

const WIDTH = 4;
const GAP = 1;
const HEIGHT = 40;

/** One bar for each value, from the oldest to the latest. */
export const Bars = ({ label, values, tone = "plain" }: BarsProps): JSX.Element => {
  const highest = Math.max(1, ...values);
  return (
    <svg
      class={`bars ${tone}`}
      role="img"
      aria-label={label}
      viewBox={`0 0 ${values.length * (WIDTH + GAP)} ${HEIGHT}`}
      preserveAspectRatio="none"
    >
      {values.map((value, index) => {
        const height = value === 0 ? 1 : Math.max(2, (value / highest) * HEIGHT);
        return <rect x={index * (WIDTH + GAP)} y={HEIGHT - height} width={WIDTH} height={height} />;
      })}
    </svg>
  );
};

/** How far something has come: `done` of `total`. */
export const Progress = ({ label, done, total }: { label: string; done: number; total: number }): JSX.Element => (
  <div class="progress">
    <progress aria-label={label} value={done} max={Math.max(total, 1)} />
    <span class="meta">
      {done} of {total}
    </span>
  </div>
);
