/** The console itself, as a module of its page. */
import { createModuleResponse, module } from "#shared/console/module.ts";
import { endpoint } from "../../endpoint.ts";
import { CONSOLE_SCRIPT } from "./console-script.generated.ts";

const consoleScript = endpoint("GET /console/console.js", {
  operationId: "gateway.getConsoleScript",
  tags: ["Console"],
  summary: "Get the module of the console, which has what panels are made with",
  responses: { 200: module("An ES module") },
  handle: createModuleResponse(CONSOLE_SCRIPT),
});

export const consoleScriptEndpoints = [consoleScript];
