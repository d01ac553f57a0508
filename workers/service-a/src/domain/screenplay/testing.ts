/** What reads and writes screenplays in steps, all at once, which only tests may do. */
import { atOnce, type Steps } from "#shared/contracts/steps.ts";
import { parseInSteps } from "./parse.ts";
import { renderInSteps } from "./render.ts";
import * as text from "./text.ts";
import * as titlePage from "./title-page.ts";

const allAtOnce =
  <Given extends unknown[], Value>(work: (...given: Given) => Steps<Value>) =>
  (...given: Given): Value =>
    atOnce(work(...given));

export const parseScreenplay = allAtOnce(parseInSteps);
export const renderScreenplay = allAtOnce(renderInSteps);
export const normaliseText = allAtOnce(text.normaliseText);
export const splitTitlePage = allAtOnce(titlePage.splitTitlePage);
export const titleOf = allAtOnce(titlePage.titleOf);
export const replaceTitle = allAtOnce(titlePage.replaceTitle);
