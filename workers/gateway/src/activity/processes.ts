/**
 * What the processes of this installation know in their memories, each of its own share of the calls: the one that responds asks
 * the others of this machine. Where it cannot, as on the edge, it speaks for itself alone.
 */
import { describeError, type Log } from "#shared/observability/log.ts";
import type { UsedLimit } from "../limits/consumers.ts";
import type { Seen } from "./activity.ts";

/** What can be asked, and what each process responds. */
export interface Answers {
  activity: Seen;
  usage: UsedLimit[];
}

export interface Question<About extends keyof Answers = keyof Answers> {
  about: About;
  /** Whose limits it is about, where it is about limits. */
  scope?: string;
}

/** What responds to each question. */
export type Reporters = { [About in keyof Answers]: (scope: string) => Answers[About] };

/** What this process responds. */
export type Report = <About extends keyof Answers>(question: Question<About>) => Answers[About];

/** Whose numbers these are. */
export interface Processes {
  /** How many processes are included. */
  counted: number;
  /** How many there are on this machine; `null`: not known. */
  running: number | null;
}

export const createReport =
  (reporters: Reporters): Report =>
  ({ about, scope = "" }) =>
    reporters[about](scope);

export interface Reported<Answer> {
  /** That of this process first. */
  answers: [Answer, ...Answer[]];
  processes: Processes;
}

/** Asks every process; one that does not respond is left out. */
export type AskAll = <About extends keyof Answers>(question: Question<About>) => Promise<Reported<Answers[About]>>;

export interface AskAllOptions {
  report: Report;
  /** Leads to the other processes of this machine; `undefined`: to none. */
  others: Pick<Fetcher, "fetch"> | undefined;
  log: Log;
}

/** What comes of asking the others: the responses of those that gave one, and how many there are. */
interface OfOthers<Answer> {
  answers: Answer[];
  others: number;
}

export const createAskAll =
  ({ report, others, log }: AskAllOptions): AskAll =>
  async (question) => {
    const own = report(question);
    if (others === undefined) return { answers: [own], processes: { counted: 1, running: null } };
    try {
      const body = JSON.stringify(question);
      const response = await others.fetch("http://processes/report", { method: "POST", body });
      const reported = await response.json<OfOthers<typeof own>>();
      const answers: Reported<typeof own>["answers"] = [own, ...reported.answers];
      return { answers, processes: { counted: answers.length, running: reported.others + 1 } };
    } catch (error) {
      log("warn", "processes-not-asked", { error: describeError(error) });
      return { answers: [own], processes: { counted: 1, running: null } };
    }
  };
