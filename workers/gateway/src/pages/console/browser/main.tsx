/**
 * The console: its frame, the parts that panels are made with, and Preact, in one module, so that there is one of each. The
 * page's import map gives it the names by which panels import them.
 */
import { render } from "preact";
import { Console } from "./frame.tsx";

export * from "preact";
export * from "preact/hooks";
export { jsx, jsxs } from "preact/jsx-runtime";
export * from "#console";

const root = document.querySelector("#console");
// Panels must find this module complete.
if (root) queueMicrotask(() => render(<Console />, root));
