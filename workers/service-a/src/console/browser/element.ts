/** The elements of a script, and the scenes that they form. */
import { list, type Schemas } from "#console";

export type Element = Schemas["service-a.Element"];
export type ElementType = Element["elementType"];

const TYPES: Readonly<Record<ElementType, string>> = {
  script: "Title",
  section: "Scene",
  character: "Character",
  action: "Action",
  spokenWord: "Dialogue",
};

export const isElementType = (text: string): text is ElementType => Object.hasOwn(TYPES, text);

export const nameOf = (type: ElementType): string => TYPES[type];

/** The heading, with all that follows it up to the next one; `undefined`: what stands before the first. */
export interface Scene {
  heading: Element | undefined;
  elements: readonly Element[];
}

const byId = (one: Element, other: Element): number => one.elementId - other.elementId;

/**
 * The elements in the order of their import. A new order shares the numbers of one type out among its elements, and ids only
 * grow: the smallest id had the smallest number.
 */
const asImported = (elements: readonly Element[]): Element[] => {
  const types = Map.groupBy(elements, ({ elementType }) => elementType);
  return [...types.values()]
    .flatMap((ofType) => {
      const numbers = ofType.map(({ sequenceNumber }) => sequenceNumber).toSorted((one, other) => one - other);
      return ofType.toSorted(byId).map((element, index) => ({ element, number: numbers[index] ?? 0 }));
    })
    .toSorted((one, other) => one.number - other.number)
    .map(({ element }) => element);
};

/** The scenes in their present order, each with what followed its heading at the import, as exports have them. */
const scenesOf = (elements: readonly Element[]): Scene[] => {
  const scenes: { heading: Element | undefined; elements: Element[] }[] = [];
  for (const element of asImported(elements)) {
    const scene = scenes.at(-1);
    if (element.elementType === "section") scenes.push({ heading: element, elements: [] });
    else if (scene) scene.elements.push(element);
    else scenes.push({ heading: undefined, elements: [element] });
  }
  const placeOf = ({ heading }: Scene): number => heading?.sequenceNumber ?? 0;
  return scenes.toSorted((one, other) => placeOf(one) - placeOf(other));
};

const MOST_A_PAGE = 200;

/** All of a script. `onCount` is called with how many elements have come so far. */
export const readScript = async (
  scriptId: number,
  signal: AbortSignal,
  onCount: (count: number) => void,
): Promise<Scene[]> => {
  const elements: Element[] = [];
  for await (const element of list("GET /service-a/elements", { query: { scriptId, limit: MOST_A_PAGE }, signal })) {
    elements.push(element);
    if (elements.length % MOST_A_PAGE === 0) onCount(elements.length);
  }
  return scenesOf(elements);
};
