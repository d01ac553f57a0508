/** What commands that list things have in common. */
import type { Context, Given } from "../definition/command.ts";

const DEFAULT_LIMIT = 200;

export const LIMIT = {
  limit: { type: "string", value: "N", summary: `at most so many; ${DEFAULT_LIMIT} by default` },
} as const;

/** The first items of a list; says so where there are more. */
export const take = async <Item>(
  items: AsyncIterable<Item>,
  { output }: Context,
  given: Pick<Given<"limit">, "number">,
): Promise<Item[]> => {
  const limit = given.number("limit") ?? DEFAULT_LIMIT;
  const taken: Item[] = [];
  for await (const item of items) {
    if (taken.length === limit) {
      output.note(`There are more: these are the first ${limit}. See --limit.`);
      break;
    }
    taken.push(item);
  }
  return taken;
};
