/** Compiled from browser/panels.ts by `npm run fix`. */
export const PANEL_SCRIPT = `
var e=[];export{e as panels};
`;
