/** The panels that this worker brings to the console. */
import { panelOperation } from "#shared/console/module.ts";
import { endpoint } from "../endpoint.ts";
import { PANEL_SCRIPT } from "./panel-script.generated.ts";

export const panelEndpoints = [endpoint("GET /panel.js", panelOperation("serviceA.getPanel", PANEL_SCRIPT))];
