/** The panel that this worker brings to the console. */
import { createModuleResponse, module } from "#shared/console/module.ts";
import { endpoint } from "../endpoint.ts";
import { PANEL_SCRIPT } from "./panel-script.generated.ts";

const panel = endpoint("GET /panel.js", {
  operationId: "newService.getPanel",
  tags: ["Console"],
  summary: "Get the module with this worker's panels of the console",
  responses: { 200: module("An ES module") },
  handle: createModuleResponse(PANEL_SCRIPT),
});

export const panelEndpoints = [panel];
