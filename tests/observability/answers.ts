/** What a Prometheus answers to the queries in deploy/. */
import { z } from "zod";
import { dashboardQueries, measured, rules } from "./queries.ts";

const answer = z.object({
  status: z.literal("success"),
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

const ruleAnswer = z.object({
  data: z.object({
    groups: z.array(z.object({ rules: z.array(z.object({ name: z.string(), health: z.string() })) })),
  }),
});

/** The values that a query has now, one per series. */
export const ask = async (prometheusUrl: string, query: string): Promise<number[]> => {
  const response = await fetch(`${prometheusUrl}/api/v1/query?${new URLSearchParams({ query })}`);
  return answer.parse(await response.json()).data.result.map(({ value: [, text] }) => Number(text));
};

/** How each rule is: `ok` once it has been evaluated without an error. */
export const ruleHealth = async (prometheusUrl: string): Promise<Map<string, string>> => {
  const { data } = ruleAnswer.parse(await (await fetch(`${prometheusUrl}/api/v1/rules`)).json());
  return new Map(data.groups.flatMap((group) => group.rules.map(({ name, health }) => [name, health])));
};

/** The places in dashboards and rules whose query has neither an answer nor a proven nought. */
export const unanswered = async (prometheusUrl: string): Promise<string[]> => {
  const queries = [
    ...dashboardQueries().filter(({ language }) => language === "prometheus"),
    ...rules().map(({ kind, name, expression }) => ({
      place: name,
      expression: kind === "alert" ? measured(expression) : expression,
    })),
  ];
  const places: string[] = [];
  for (const { place, expression } of queries) {
    const values = await ask(prometheusUrl, expression);
    if (values.every((value) => Number.isNaN(value))) places.push(place);
  }
  return places;
};
