/** What reads and writes screenplays in steps, all at once, which only tests may do. */
import { atOnce, type Steps } from "#shared/lang/steps.ts";
import { parseInSteps } from "../../workers/service-a/src/screenplay/parse.ts";
import { renderInSteps } from "../../workers/service-a/src/screenplay/render.ts";
import * as text from "../../workers/service-a/src/screenplay/text.ts";
import * as titlePage from "../../workers/service-a/src/screenplay/title-page.ts";

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
