/** Loads the modules with the workers' panels. */
import { GROUPS, type Panel, pageData } from "#console";

export interface LoadedPanels {
  /** In the order of the navigation. */
  panels: readonly Panel[];
  /** The modules that did not come. */
  missing: readonly string[];
}

const isModule = (value: unknown): value is { panels: readonly Panel[] } =>
  typeof value === "object" && value !== null && "panels" in value && Array.isArray(value.panels);

const placeOf = ({ group, order }: Panel): number => GROUPS.indexOf(group) * 1_000 + order;

/** Of all workers; one that does not respond takes only its own panels away. */
export const loadPanels = async (): Promise<LoadedPanels> => {
  const loaded = await Promise.all(
    pageData.modules.map(async (address) => {
      const module: unknown = await import(address).catch(() => undefined);
      return { address, panels: isModule(module) ? module.panels : undefined };
    }),
  );
  return {
    panels: loaded.flatMap(({ panels = [] }) => panels).toSorted((a, b) => placeOf(a) - placeOf(b)),
    missing: loaded.flatMap(({ address, panels }) => (panels === undefined ? [address] : [])),
  };
};
