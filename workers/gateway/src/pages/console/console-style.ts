/** The look of the console: from 320 pixels on, light and dark. Panels have no style of their own. */
import { BASE_STYLE } from "../../docs/page.ts";

export const CONSOLE_STYLE = `${BASE_STYLE}
:root { --control: #7c8fa3; --soft-water: #e8f1fb; --soft-bad: #fdecea; --soft-good: #e7f5ee; --soft-warn: #fdf3e3;
  --on-water: #fff; --water: #1b62b3; --good: #166f41; }
@media (prefers-color-scheme: dark) { :root { --control: #6f859b; --soft-water: #1a2d42; --soft-bad: #3a1f1e;
  --soft-good: #16301f; --soft-warn: #33260f; --on-water: #0d1620;
  --water: #6db3ff; --good: #6fd6a1; } }
body { font-size: 15px; }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; color: var(--deep); }
h2 { margin: 0; font-size: 1.05rem; }
h3 { margin: 1rem 0 .25rem; font-size: .95rem; }
p { margin: .5rem 0; }
.skip { position: absolute; left: .5rem; top: -4rem; z-index: 3; padding: .5rem 1rem; background: var(--card); }
.skip:focus { top: .5rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.top { position: sticky; top: 0; z-index: 2; display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1rem;
  padding: .5rem 1rem; background: var(--card); border-bottom: 1px solid var(--line); }
.top .brand { margin-right: auto; font-weight: 650; font-size: 1.1rem; color: var(--deep); text-decoration: none; }
.top form { margin: 0; }
.menu { display: none; }
.frame { display: grid; grid-template-columns: 13rem minmax(0, 1fr); max-width: 90rem; margin: 0 auto; }
.side { position: sticky; top: 3.2rem; align-self: start; max-height: calc(100vh - 3.2rem); overflow: auto;
  padding: 1rem .75rem; }
.side h2 { margin: .75rem .6rem .25rem; font-size: .75rem; text-transform: uppercase; letter-spacing: .06em;
  color: var(--soft); }
.side ul { margin: 0; padding: 0; list-style: none; }
.side a { display: block; padding: .35rem .6rem; border-radius: .5rem; color: var(--ink); text-decoration: none; }
.side a:hover { background: var(--soft-water); }
.side a[aria-current] { background: var(--soft-water); color: var(--water); font-weight: 600; }
main { min-width: 0; padding: 1.25rem 1.5rem 4rem; outline: none; }
main.start { max-width: 40rem; margin: 0 auto; }
.view-head { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem; margin-bottom: 1rem; }
.view-head h1 { margin-right: auto; outline: none; overflow-wrap: anywhere; }
.lead { flex-basis: 100%; margin: 0; padding-right: max(0px, 100% - 48rem); color: var(--soft); }
.meta { color: var(--soft); font-size: .875rem; }
.card, .empty { margin: 0 0 1.25rem; padding: 1rem 1.25rem; border: 1px solid var(--line); border-radius: .75rem;
  background: var(--card); }
.empty { border-style: dashed; color: var(--soft); }
.section-head { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; margin-bottom: .5rem; }
.section-head h2 { margin-right: auto; overflow-wrap: anywhere; }
dialog > .section-head { flex-wrap: nowrap; }
.actions { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
.actions.end { justify-content: flex-end; margin-top: 1rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(13rem, 45%), 1fr)); gap: .75rem; margin-bottom: 1.25rem; }
.tile { padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .75rem; background: var(--card);
  overflow-wrap: anywhere; }
.tile b { display: block; font-size: 1.5rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1.25rem;
  align-items: start; margin-bottom: 1.25rem; }
.columns > * { min-width: 0; }
.columns > .card { margin-bottom: 0; }
.split { display: grid; grid-template-columns: minmax(12rem, 18rem) minmax(0, 1fr); gap: 1.25rem; align-items: start; }
button, input, select, textarea { font: inherit; color: inherit; }
button, .button { padding: .4rem .9rem; border: 1px solid var(--control); border-radius: .5rem; background: var(--card);
  cursor: pointer; text-decoration: none; color: inherit; }
button:hover { background: var(--soft-water); }
button.main { background: var(--water); border-color: var(--water); color: var(--on-water); font-weight: 600; }
button.danger { border-color: var(--bad); color: var(--bad); }
button.quiet { padding: .2rem .6rem; border-color: transparent; background: none; color: var(--water); }
button.quiet:hover { background: var(--soft-water); }
button:disabled { opacity: .6; cursor: default; }
input, select, textarea { width: 100%; padding: .4rem .6rem; border: 1px solid var(--control); border-radius: .5rem;
  background: var(--paper); }
select { min-height: 2.375rem; }
input[type="checkbox"], input[type="radio"] { width: auto; margin: 0 .35rem 0 0; }
input[type="range"] { padding: 0; }
textarea { font-family: var(--mono); font-size: .875rem; }
form.column, details > .column { display: grid; gap: .85rem; max-width: 40rem; }
details > .column { margin-top: .5rem; }
summary { cursor: pointer; }
details { margin-bottom: .75rem; }
form.row { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; margin-bottom: 1rem; }
form.row .field { flex: 1 1 11rem; }
form.row .fields { flex: 1 1 20rem; margin: 0; }
.fields[open] > summary { margin-bottom: .5rem; }
.field { display: grid; gap: .25rem; align-content: start; min-width: 0; }
.field label, legend { font-weight: 600; font-size: .875rem; }
small { color: var(--soft); }
small.fault { color: var(--bad); }
[aria-invalid] { border-color: var(--bad); }
fieldset { margin: 0; padding: .6rem .9rem; border: 1px solid var(--line); border-radius: .5rem; min-width: 0; }
.checks { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .25rem .75rem; margin-top: .35rem; }
.badge { display: inline-block; padding: 0 .5rem; border: 1px solid var(--line); border-radius: 1rem; font-size: .8rem;
  color: var(--soft); }
.badge.good { border-color: var(--good); color: var(--good); background: var(--soft-good); }
.badge.bad { border-color: var(--bad); color: var(--bad); background: var(--soft-bad); }
.badge.warn { border-color: var(--warn); color: var(--warn); background: var(--soft-warn); }
.failure { margin: .5rem 0; padding: .6rem .9rem; border: 1px solid var(--bad); border-radius: .5rem;
  background: var(--soft-bad); overflow-wrap: anywhere; }
.failure p, .failure ul { margin: .15rem 0; }
.notice { margin: .5rem 0; padding: .6rem .9rem; border: 1px solid var(--warn); border-radius: .5rem;
  background: var(--soft-warn); overflow-wrap: anywhere; }
.notices { position: fixed; right: 1rem; bottom: 1rem; z-index: 4; display: grid; gap: .5rem; max-width: min(24rem, 90vw); }
.notices p { margin: 0; padding: .6rem 1rem; border-radius: .5rem; background: var(--deep); color: var(--paper); }
.table { position: relative; overflow-x: auto; margin-bottom: .5rem; }
table { width: 100%; border-collapse: collapse; font-size: .925rem; }
th { padding: .4rem .6rem; text-align: left; font-size: .8rem; color: var(--soft); border-bottom: 1px solid var(--line);
  white-space: nowrap; }
td { padding: .45rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: break-word; }
td .actions { white-space: nowrap; gap: 0; margin: -.2rem 0 0 -.6rem; }
tbody tr:hover { background: var(--soft-water); }
time, .badge { white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.matrix th, .matrix td { text-align: center; min-width: 0; padding: .45rem .5rem; }
.matrix th:first-child, .matrix td:last-child { text-align: left; }
.matrix td { vertical-align: middle; }
.matrix td:last-child, .matrix tr:first-child th:last-child { position: sticky; right: 0; min-width: 7.5rem;
  background: var(--card); box-shadow: inset 1px 0 var(--line); }
.matrix .actions { flex-wrap: nowrap; }
.matrix tbody th { position: sticky; left: 0; font-size: inherit; color: inherit; background: var(--card); }
.matrix .first { border-left: 1px solid var(--line); }
.more { text-align: center; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) minmax(0, 1fr); gap: .3rem 1rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.copyable { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; padding: .4rem .75rem; border-radius: .5rem;
  background: var(--paper); border: 1px solid var(--line); }
.copyable output { flex: 1 1 12rem; overflow-wrap: anywhere; min-width: 0; }
.copyable.secret { border-color: var(--good); background: var(--soft-good); }
pre { margin: .5rem 0; padding: .75rem 1rem; overflow: auto; max-height: 30rem; border: 1px solid var(--line);
  border-radius: .5rem; background: var(--paper); }
.added { color: var(--good); background: var(--soft-good); }
.removed { color: var(--bad); background: var(--soft-bad); }
.bars { display: block; width: 100%; height: 2.5rem; fill: var(--water); }
.bars.bad { fill: var(--bad); }
.bars.warn { fill: var(--warn); }
.bars.good { fill: var(--good); }
.progress { display: flex; gap: .75rem; align-items: center; }
progress { flex: 1; height: .75rem; accent-color: var(--water); }
.rows > li { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: baseline; padding: .4rem 0;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.rows > li > .badge:first-child { min-width: 5.75rem; text-align: center; }
.rows > li > .badge:first-child + span { flex: 1 1 14rem; }
.rows > li:last-child { border-bottom: 0; }
.tile h3 { margin: 0; font-size: .875rem; font-weight: 400; color: var(--soft); }
.tree, ul.plain, ol.plain { margin: 0; padding: 0; list-style: none; }
.tree ul { margin: 0; padding-left: 1.1rem; list-style: none; }
.tree a[aria-current] { color: inherit; font-weight: 600; }
.tabs { display: flex; flex-wrap: wrap; gap: .25rem; margin: 0 0 1rem; border-bottom: 1px solid var(--line); }
.tabs a { padding: .4rem .8rem; text-decoration: none; color: var(--ink); border-bottom: 2px solid transparent; }
.tabs a[aria-current] { color: var(--water); border-color: var(--water); font-weight: 600; }
mark { background: var(--soft-warn); color: inherit; }
pre.lines { overflow: visible; max-height: none; white-space: pre-wrap; overflow-wrap: anywhere; }
.plain > .tile { margin-bottom: .6rem; }
.order { margin: 0 0 1rem; padding: 0; list-style: none; max-height: 65vh; overflow: auto; }
.order li { display: flex; gap: .25rem; align-items: center; padding: .25rem .25rem .25rem .6rem; border: 1px solid var(--line);
  border-radius: .5rem; margin-bottom: .35rem; cursor: grab; background: var(--card); }
.order li span { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.order .dragged { border-color: var(--water); background: var(--soft-water); }
.script { font-family: var(--mono); }
.script p, .script h3 { white-space: pre-wrap; overflow-wrap: anywhere; max-width: 60ch; }
.script .cue { margin: 1rem 0 0 22ch; }
.script .dialogue { margin: 0 10ch 1rem 11ch; }
.script .version { font-family: system-ui, sans-serif; font-size: .75rem; font-weight: 400; }
dialog { width: min(38rem, calc(100vw - 2rem)); max-height: calc(100vh - 2rem); overflow: auto; padding: 1.25rem;
  border: 1px solid var(--line); border-radius: .75rem; background: var(--card); color: var(--ink); }
dialog::backdrop { background: #0008; }
@media (max-width: 48rem) {
  .menu { display: inline-block; }
  .top { gap: .25rem .5rem; padding: .5rem; }
  .frame { display: block; }
  .side { display: none; position: static; max-height: none; border-bottom: 1px solid var(--line); }
  .open .side { display: block; }
  .split { grid-template-columns: minmax(0, 1fr); }
  main { padding: 1rem 1rem 4rem; }
  form.row .field { flex-basis: 100%; }
  .order { max-height: 14rem; }
  .script .cue { margin-left: 4rem; }
  .script .dialogue { margin-left: 1.5rem; margin-right: 0; }
  table, tbody, tr, td { display: block; }
  thead { display: none; }
  tbody tr { padding: .5rem 0; border-bottom: 1px solid var(--line); }
  td { border: 0; padding: .15rem .25rem; }
  td:empty { display: none; }
  .number { text-align: left; }
  td[data-title]:not([data-title=""])::before { content: attr(data-title) ": "; color: var(--soft); font-size: .8rem; }
  .matrix tbody th { display: block; position: static; border: 0; padding: .15rem .25rem; }
  .matrix td { display: inline-block; padding: .15rem .25rem; }
  .matrix td.off, .matrix td .on { display: none; }
  .matrix td:last-child { display: block; box-shadow: none; }
  .matrix .first { border: 0; }
  .matrix td[data-title]:not([data-title=""])::before { content: attr(data-title); padding: 0 .5rem; border: 1px solid var(--line);
    border-radius: 1rem; }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { margin-bottom: .5rem; }
}
@media (prefers-reduced-motion: no-preference) { .side a, button { transition: background .1s; } }
`;
