/** The look of the API page. */
import { BASE_STYLE } from "./page.ts";

const FRAME = `
header { background: var(--card); border-bottom: 1px solid var(--line); }
.bar { padding: .6rem 1.25rem; display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; }
.bar h1 { margin: 0; font-size: 1.15rem; }
.bar h1 a { color: var(--deep); text-decoration: none; }
#search { flex: 1 1 12rem; max-width: 32rem; min-width: 0; }
#account { margin-left: auto; display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
.who { font-weight: 600; overflow-wrap: anywhere; }
.who small { font-weight: 400; color: var(--good); }
#acting, #found { margin: 0; font-size: .875rem; color: var(--soft); }
#acting { flex-basis: 100%; color: var(--good); }
#acting.quiet { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
#acting:empty, #found:empty { display: none; }
.shell { display: grid; grid-template-columns: minmax(0, 1fr); }
main { padding: 1rem 1.25rem 5rem; min-width: 0; }
/* On a narrow screen, the list covers the page; its button stays within reach of a thumb. */
#menu { display: none; position: fixed; inset: 0; z-index: 3; padding: .5rem 1.25rem 5rem; overflow: auto;
  background: var(--card); }
body:has(#menu-button[aria-expanded="true"]) #menu { display: block; }
#menu-button { position: fixed; right: 1rem; bottom: 1rem; z-index: 4; box-shadow: 0 2px 8px rgb(0 0 0 / .35); }
#menu h2 { margin: 1rem 0 .25rem; font-size: .8rem; text-transform: uppercase; letter-spacing: .06em; color: var(--soft); }
#menu summary { padding: .25rem .25rem; border-radius: .4rem; font-weight: 600; font-size: .9rem; }
#menu ul { list-style: none; margin: 0 0 .4rem; padding: 0 0 0 .6rem; }
#menu a { display: flex; gap: .5rem; align-items: baseline; padding: .25rem .4rem; border-radius: .4rem; font-size: .875rem;
  color: var(--ink); text-decoration: none; overflow-wrap: anywhere; }
#menu a:hover { background: var(--paper); }
#menu a[aria-current] { background: var(--paper); box-shadow: inset 3px 0 var(--water); font-weight: 600; }
#menu .verb { min-width: 3.4rem; font-size: .68rem; }
@media (min-width: 60rem) {
  header { position: sticky; top: 0; z-index: 2; }
  .operation { scroll-margin-top: 4.5rem; }
  .shell { grid-template-columns: 18rem minmax(0, 1fr); }
  #menu-button { display: none; }
  #menu { display: block; position: sticky; inset: 3.6rem auto auto; z-index: auto; height: calc(100vh - 3.6rem);
    padding-bottom: 1rem; border-right: 1px solid var(--line); }
  main { padding: 1rem 2rem 4rem; }
}
`;

const CONTROLS = `
input, select, textarea, button { font: inherit; color: inherit; padding: .4rem .6rem; border: 1px solid var(--edge);
  border-radius: .5rem; background: var(--paper); max-width: 100%; }
textarea { width: 100%; font-family: var(--mono); font-size: .85rem; line-height: 1.5; resize: vertical;
  white-space: pre; overflow-x: auto; }
button { cursor: pointer; font-size: .9rem; padding: .35rem .8rem; background: var(--card); }
button:hover { border-color: var(--water); }
form button:not([type="button"]), button.main { background: var(--water); border-color: var(--water); color: var(--paper);
  font-weight: 600; }
.row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
form { display: grid; grid-template-columns: minmax(0, 1fr); gap: .7rem; justify-items: start; }
form > * { max-width: 100%; }
.field { display: grid; grid-template-columns: minmax(0, 1fr); gap: .2rem; width: 100%; }
.field span { font-size: .875rem; font-weight: 600; }
.field small, .soft { color: var(--soft); font-size: .875rem; }
.said { margin: 0; color: var(--warn); font-size: .9rem; }
.said:empty { display: none; }
summary { cursor: pointer; }
.question { padding: .8rem 1rem; border: 1px solid var(--warn); border-radius: .6rem; background: var(--card); }
.question p { margin: 0; }
dialog { width: 26rem; max-width: calc(100vw - 2rem); color: var(--ink); background: var(--card); padding: 1.25rem;
  border: 1px solid var(--line); border-radius: .8rem; }
dialog::backdrop { background: rgb(0 0 0 / .45); }
dialog > * + * { margin-top: 1rem; }
dialog details form { margin-top: .7rem; }
.dialog-bar { display: flex; justify-content: space-between; align-items: center; }
.dialog-bar h2 { margin: 0; font-size: 1.15rem; }
`;

const OPERATIONS = `
h2 { margin: 2.25rem 0 .25rem; font-size: 1.3rem; }
h2 small { font-weight: 400; font-size: .95rem; color: var(--soft); }
h3 { margin: 1.25rem 0 .4rem; font-size: 1rem; color: var(--soft); }
h4 { margin: 1.25rem 0 .4rem; font-size: .95rem; }
.operation { margin: .35rem 0; border: 1px solid var(--line); border-radius: .6rem; background: var(--card); }
.operation > summary { display: flex; flex-wrap: wrap; gap: .2rem .6rem; align-items: baseline; padding: .5rem .9rem;
  border-radius: .6rem; }
.operation .title { flex: 1 1 14rem; min-width: 0; display: flex; flex-wrap: wrap; gap: 0 .8rem; align-items: baseline; }
.operation .row { gap: .35rem; }
.operation[open] > summary { border-bottom: 1px solid var(--line); border-radius: .6rem .6rem 0 0; }
.verb { min-width: 3.8rem; font: 700 .75rem var(--mono); color: var(--water); }
.verb.post, .verb.put, .verb.patch { color: var(--good); }
.verb.delete { color: var(--bad); }
.what { color: var(--soft); }
.chip { padding: 0 .5rem; border: 1px solid var(--line); border-radius: 1rem; font-size: .75rem; color: var(--soft);
  white-space: nowrap; }
.chip.strong { border-color: var(--warn); color: var(--warn); }
.columns { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.5rem; padding: .25rem 1rem 1rem; }
.columns p { margin: .5rem 0; }
@media (min-width: 80rem) { .columns { grid-template-columns: minmax(0, 1.1fr) minmax(0, 1fr); } }
.trying { display: grid; grid-template-columns: minmax(0, 1fr); gap: .8rem; align-content: start; min-width: 0; padding-top: .75rem; }
/* The question has a button of its own. */
.trying:has(.question) .sending { display: none; }
.trying h4 { margin: .25rem 0 0; }
.tree { list-style: none; margin: .4rem 0; padding: 0; border: 1px solid var(--line); border-radius: .5rem; }
.tree > li { padding: .5rem .75rem; display: flex; flex-wrap: wrap; gap: .15rem .6rem; align-items: baseline; }
.tree > li + li { border-top: 1px solid var(--line); }
.tree .words, .tree details { flex-basis: 100%; min-width: 0; }
.tree .words, .constraints { color: var(--soft); font-size: .875rem; }
.tree .words p { margin: .1rem 0; }
.tree summary { font-size: .875rem; color: var(--water); }
.member { font-weight: 600; }
.type { color: var(--good); font: .82rem var(--mono); }
.constraints { overflow-wrap: anywhere; }
.response { border-top: 1px solid var(--line); padding: .35rem 0; }
.response > summary { overflow-wrap: anywhere; }
.output { display: grid; grid-template-columns: minmax(0, 1fr); gap: .5rem; min-width: 0; }
.output p { margin: 0; }
.output summary { font-size: .875rem; color: var(--soft); }
.address { font-family: var(--mono); font-size: .8rem; color: var(--soft); overflow-wrap: anywhere; }
.status { font-weight: 600; }
.status small { font-weight: 400; color: var(--soft); overflow-wrap: anywhere; }
.status.good { color: var(--good); }
.status.bad { color: var(--bad); }
`;

const CODE = `
.code { border: 1px solid var(--line); border-radius: .5rem; min-width: 0; background: var(--paper); }
.code-bar { display: flex; flex-wrap: wrap; gap: .5rem; justify-content: space-between; align-items: center;
  padding: .3rem .4rem .3rem .8rem; border-bottom: 1px solid var(--line); font-size: .85rem; color: var(--soft); }
.code-bar button { padding: .1rem .6rem; font-size: .8rem; }
.choice[aria-pressed="true"] { border-color: var(--water); color: var(--water); font-weight: 600; }
pre { margin: 0; padding: .7rem .8rem; overflow: auto; max-height: 26rem; line-height: 1.5; font-size: .82rem; }
.output > details > pre { border: 1px solid var(--line); border-radius: .5rem; background: var(--paper); margin-top: .4rem; }
.code .name { color: var(--water); }
.code .string { color: var(--good); }
.code .literal { color: var(--warn); }
`;

const COLOURS = `
:root { --edge: #71859a; }
@media (prefers-color-scheme: dark) { :root { --edge: #64798f; } }
`;

export const DOCS_STYLE = `${BASE_STYLE}${COLOURS}${FRAME}${CONTROLS}${OPERATIONS}${CODE}`;
