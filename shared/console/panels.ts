/** Where the console finds the module with the panels of a worker that has some. */
import type { WorkerName } from "../contracts/workers.ts";

/** The path at the worker. */
export const PANEL_ROUTE = "/panel.js";

/** The row of the worker's route table: the gateway's own rows have the whole path. */
export const panelRow = (worker: WorkerName): string => `GET ${worker === "gateway" ? "/gateway" : ""}${PANEL_ROUTE}`;
