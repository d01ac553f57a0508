/** What needs attention, the worst first, each with the way to its remedy. */
import type { JSX } from "preact";
import { Badge, FountainError, PanelLink, Section, useLoaded, useMay, useRefresh } from "#console";
import { ACCOUNT, CHECKS, type Finding } from "./findings.ts";

const CHECK_SECONDS = 60;

interface Looked {
  findings: readonly Finding[];
  /** What could not be looked at, and why. */
  failures: readonly { about: string; why: string }[];
}

const whyOf = (error: unknown): string =>
  error instanceof FountainError ? (error.detail ?? error.title) : String(error);

const look = async (may: (scope: string) => boolean, signal: AbortSignal): Promise<Looked> => {
  const checks = CHECKS.filter(({ needs }) => may(needs));
  const found = await Promise.allSettled(checks.map(({ find }) => find(signal)));
  const findings = found.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
  return {
    findings: findings.toSorted((one, other) => Number(other.tone === "bad") - Number(one.tone === "bad")),
    failures: found.flatMap((one, at) =>
      one.status === "rejected" ? [{ about: checks[at]?.about ?? "", why: whyOf(one.reason) }] : [],
    ),
  };
};

export const Attention = (): JSX.Element => {
  const may = useMay();
  const looked = useLoaded((signal) => look(may, signal));
  useRefresh(CHECK_SECONDS, looked);
  const { findings, failures } = looked.value ?? { findings: [], failures: [] };
  return (
    <Section title="What needs attention">
      {looked.value === undefined && <p class="meta">Looking …</p>}
      {looked.value && findings.length + failures.length === 0 && (
        <p>
          <Badge tone="good">all well</Badge> Nothing does
          {CHECKS.every(({ needs }) => may(needs)) ? "." : ", of what you may see."}
        </p>
      )}
      {findings.length + failures.length > 0 && (
        <ul class="plain rows">
          {findings.map(({ tone, text, to, action }) => (
            <li>
              <Badge tone={tone}>{tone === "bad" ? "now" : "soon"}</Badge>
              <span>{text}</span>
              {to === ACCOUNT ? <a href={to}>{action}</a> : <PanelLink to={to}>{action}</PanelLink>}
            </li>
          ))}
          {failures.map(({ about, why }) => (
            <li>
              <Badge tone="warn">unknown</Badge>
              <span>
                Could not look at {about}: {why}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
};
