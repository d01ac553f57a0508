/** Every query that the dashboards and rules in deploy/ ask. */
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

const DEPLOY = path.join(import.meta.dirname, "..", "..", "deploy");

export const RULES_FILE = path.join(DEPLOY, "prometheus", "rules.yml");

const dashboard = z.object({
  uid: z.string(),
  title: z.string(),
  panels: z.array(
    z.object({
      title: z.string(),
      targets: z.array(z.object({ expr: z.string(), datasource: z.object({ uid: z.enum(["prometheus", "loki"]) }) })),
    }),
  ),
});

export interface Query {
  /** Where it is asked. */
  place: string;
  language: "prometheus" | "loki";
  expression: string;
}

/** The queries of every dashboard, panel by panel. */
export const dashboardQueries = (): Query[] =>
  globSync(path.join(DEPLOY, "grafana", "dashboards", "*.json")).flatMap((file) => {
    const { title, panels } = dashboard.parse(JSON.parse(readFileSync(file, "utf8")));
    return panels.flatMap((panel) =>
      panel.targets.map(({ expr, datasource }) => ({
        place: `${title}, ${panel.title}`,
        language: datasource.uid,
        expression: expr,
      })),
    );
  });

const RULE = /- (record|alert): (\S+)\n\s+expr: (?:\|\n((?:\s{10,}.*\n)+)|(.*)\n)/g;

export interface Rule {
  kind: "record" | "alert";
  name: string;
  expression: string;
}

/** The recording rules and alerts. */
export const rules = (): Rule[] =>
  [...readFileSync(RULES_FILE, "utf8").matchAll(RULE)].map(([, kind, name = "", block, line = ""]) => ({
    kind: kind === "alert" ? "alert" : "record",
    name,
    expression: (block ?? line).trim(),
  }));

const COMPARISON = / (?:==|>=|<=|>|<) \d+(?:\.\d+)?(?: \* \d+)?/g;

/** What an alert compares, without its limit; of one that waits for an absence, what must not be absent. */
export const measured = (alert: string): string => alert.replace(COMPARISON, "").replace(/^absent\((.*)\)$/s, "$1");

interface Matcher {
  label: string;
  operator: string;
  value: string;
  accepts(value: string): boolean;
}

export interface Selector {
  name: string;
  matchers: readonly Matcher[];
}

const METRICS = /\b(fountain[_:][\w:]+|probe_\w+|caddy_\w+|up)\b(?:\{([^}]*)\})?/g;
const MATCHERS = /(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g;

/** The label matchers of a selector in PromQL or LogQL. */
export const matchersIn = (text: string): Matcher[] =>
  [...text.matchAll(MATCHERS)].map(([, label = "", operator = "", value = ""]) => {
    const pattern = operator.endsWith("~") ? new RegExp(`^(?:${value})$`) : undefined;
    const fits = (given: string): boolean => (pattern ? pattern.test(given) : given === value);
    return { label, operator, value, accepts: (given) => fits(given) !== operator.startsWith("!") };
  });

/** The series that a query in PromQL selects. */
export const selectorsIn = (expression: string): Selector[] =>
  [...expression.matchAll(METRICS)].map(([, name = "", matchers = ""]) => ({ name, matchers: matchersIn(matchers) }));
