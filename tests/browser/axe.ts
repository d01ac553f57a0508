/** Looks at a page as axe does: light and dark, on a narrow and a wide screen. */
import axe from "axe-core";
import type { Page } from "playwright-core";

const SCHEMES = ["light", "dark"] as const;
/** What WCAG takes for the narrowest screen, and one of a desk, in CSS pixels. */
const WIDTHS = [320, 1_280];

/** What axe finds, in the few words that lead to it. */
const violationsOf = async (page: Page): Promise<string[]> => {
  const { violations }: axe.AxeResults = await page.evaluate(`${axe.source}; axe.run()`);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
};

/** What is wrong with a page: violations, and how far it has to be scrolled sideways; empty when nothing is. */
export const faultsOfPage = async (page: Page): Promise<string[]> => {
  const faults: string[] = [];
  for (const colorScheme of SCHEMES)
    for (const width of WIDTHS) {
      // A color on its way to another is neither.
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: 800 });
      const excess = Number(await page.evaluate("document.documentElement.scrollWidth - innerWidth"));
      const found = [...(await violationsOf(page)), ...(excess === 0 ? [] : [`${excess} px too wide`])];
      faults.push(...found.map((fault) => `${colorScheme}, ${width} px: ${fault}`));
    }
  return faults;
};
