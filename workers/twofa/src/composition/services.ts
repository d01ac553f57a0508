import type { Maintained } from "#shared/http/worker.ts";
import type { BaseServices } from "#shared/http/worker-env.ts";
import type { DeliverMails } from "../mails/mail-delivery.ts";
import type { Ports } from "../model/ports.ts";
import type { HoldingStore } from "../privacy/holdings.ts";

/** What the routes of twofa work with. */
export interface TwofaServices extends BaseServices, Maintained, Ports {
  holdings: HoldingStore;
  deliverMails: DeliverMails;
  /** Removes the factors that are to go with an account's recovery. */
  removeFactors: () => Promise<void>;
  /** Continues some work after the response; its failure is logged. */
  later: (work: Promise<void>) => void;
}
