/** The look of the pages: from 320 pixels on, light and dark, on paper too. */
import { BASE_STYLE } from "../../docs/page.ts";

export const PAGES_STYLE = `${BASE_STYLE}
:root { --control: #7c8fa3; --soft-water: #e8f1fb; --soft-bad: #fdecea; --soft-good: #e7f5ee; --on-water: #fff; }
@media (prefers-color-scheme: dark) { :root { --control: #6f859b; --soft-water: #1a2d42; --soft-bad: #3a1f1e;
  --soft-good: #16301f; --on-water: #0d1620; } }
body { min-height: 100vh; display: flex; flex-direction: column; }
.skip { position: absolute; left: .5rem; top: -4rem; z-index: 2; padding: .5rem 1rem; border-radius: .5rem;
  background: var(--card); }
.skip:focus { top: .5rem; }
.top button { padding: .3rem .8rem; font-size: .9rem; }
.top { border-bottom: 1px solid var(--line); background: var(--card); }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1rem; max-width: 46rem; margin: 0 auto;
  padding: .6rem 1.25rem; }
.brand { display: inline-flex; align-items: center; gap: .55rem; margin-right: auto; color: var(--deep); font-weight: 650;
  font-size: 1.1rem; text-decoration: none; overflow-wrap: anywhere; }
.brand svg { width: 1.9rem; height: 1.9rem; }
.brand img { height: 1.9rem; max-width: 8rem; object-fit: contain; }
.who { color: var(--soft); font-size: .9rem; overflow-wrap: anywhere; }
.tabs { order: 3; flex-basis: 100%; display: flex; flex-wrap: wrap; gap: .1rem .25rem; margin: 0 -.6rem; }
.tabs a { padding: .3rem .6rem; border-radius: .5rem; color: var(--soft); text-decoration: none; font-size: .95rem; }
.tabs a:hover { color: var(--ink); background: var(--soft-water); }
.tabs a[aria-current] { color: var(--deep); background: var(--soft-water); font-weight: 600; }
main { flex: 1; width: 100%; max-width: 46rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; overflow-wrap: anywhere; }
main.narrow { max-width: 27rem; padding-top: clamp(1.5rem, 8vh, 5rem); }
h1 { margin: 0 0 .9rem; font-size: 1.75rem; line-height: 1.2; letter-spacing: -.015em; color: var(--deep); }
h2 { margin: 0 0 .5rem; font-size: 1.15rem; line-height: 1.3; color: var(--deep); }
h1, h2, h3, button, .button { overflow-wrap: anywhere; }
h3, .row h2 { margin: 0; font-size: 1rem; color: inherit; }
p { margin: 0 0 .75rem; }
.lead, .hint, .meta { color: var(--soft); }
.lead strong { color: var(--ink); font-size: 1.15rem; }
.hint, .meta { font-size: .9rem; }
.lead { margin-bottom: 1.25rem; }
h1 + .lead { margin-top: -.5rem; }
.card { margin: 0 0 1.25rem; padding: 1.35rem 1.5rem; border: 1px solid var(--line); border-radius: .9rem;
  background: var(--card); }
.card > :last-child, .row > :last-child { margin-bottom: 0; }
.card.danger { border-color: var(--bad); }
form { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; }
form + .aside { margin-top: 1rem; }
form.inline { display: inline; }
.field { display: grid; gap: .3rem; }
.field label { font-weight: 600; font-size: .95rem; }
.field .hint { margin: 0; }
.field .optional { color: var(--soft); font-weight: 400; }
input { width: 100%; font: inherit; color: inherit; padding: .55rem .75rem; border: 1px solid var(--control);
  border-radius: .55rem; background: var(--paper); }
.check { display: flex; gap: .65rem; align-items: flex-start; }
.check input { flex: none; width: 1.25rem; height: 1.25rem; margin: .15rem 0 0; accent-color: var(--water); }
.check label { font-weight: 400; }
input[readonly] { color: var(--soft); }
input[aria-invalid] { border-color: var(--bad); }
input.code { font: 600 1.25rem var(--mono); letter-spacing: .18em; max-width: 14rem; }
.error { margin: 0; color: var(--bad); font-size: .9rem; }
button, .button { justify-self: start; font: inherit; font-weight: 600; padding: .55rem 1.2rem; border-radius: .6rem;
  border: 1px solid var(--water); background: var(--water); color: var(--on-water); cursor: pointer; text-align: center;
  text-decoration: none; display: inline-block; max-width: 100%; }
button:hover, .button:hover { filter: brightness(1.08); }
.narrow form > button { width: 100%; }
button.quiet, .button.quiet { background: none; color: var(--water); border-color: var(--control); }
button.link { padding: .25rem .4rem; border: 0; background: none; color: var(--water); font-weight: 400;
  text-decoration: underline; }
button.danger { background: none; border-color: var(--bad); color: var(--bad); }
.or { display: flex; align-items: center; gap: .75rem; margin: 1.1rem 0; color: var(--soft); font-size: .9rem; }
.or::before, .or::after { content: ""; flex: 1; border-top: 1px solid var(--line); }
.notice { margin: 0 0 1.25rem; padding: .75rem 1rem; border-radius: .7rem; border-left: .3rem solid var(--good);
  background: var(--soft-good); }
.notice.bad { border-color: var(--bad); background: var(--soft-bad); }
.notice.plain { border-color: var(--water); background: var(--soft-water); }
.rows { list-style: none; margin: 0; padding: 0; }
.row { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; justify-content: space-between;
  padding: .85rem 0; border-top: 1px solid var(--line); }
.row:first-child { padding-top: 0; border-top: 0; }
.row:last-child { padding-bottom: 0; }
.rows + .hint { margin-top: .85rem; }
.row .what { flex: 1 1 14rem; min-width: 0; overflow-wrap: anywhere; }
.row .meta { margin: 0; }
.chip { display: inline-block; padding: 0 .55rem; border-radius: 1rem; background: var(--soft-water); color: var(--deep);
  font-size: .8rem; font-weight: 500; vertical-align: middle; }
.chip.bad { background: var(--soft-bad); color: var(--bad); }
dl { display: grid; grid-template-columns: minmax(7rem, auto) 1fr; gap: .5rem 1.25rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.qr { width: 12rem; max-width: 100%; height: auto; border-radius: .6rem; background: #fff; }
.secret { font: 600 1rem var(--mono); letter-spacing: .08em; overflow-wrap: anywhere; }
.codes { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: .5rem; margin: 0 0 1rem;
  padding: 1rem; list-style: none; border: 1px dashed var(--control); border-radius: .7rem; font: 600 1rem var(--mono); }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; }
details summary { cursor: pointer; color: var(--water); }
details[open] summary { margin-bottom: 1rem; }
.aside { color: var(--soft); text-align: center; }
footer { padding: 1rem 1.25rem 1.5rem; color: var(--soft); font-size: .875rem; text-align: center; }
footer a { display: inline-block; margin: 0 .35rem; }
footer [aria-current] { color: inherit; text-decoration: none; }
footer p { margin: .4rem 0 0; }
[hidden] { display: none !important; }
@media (max-width: 30rem) { .card { padding: 1.1rem 1.1rem; } dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .6rem; } }
@media print { .top, footer, .buttons, .no-print { display: none; } body { background: #fff; color: #000; }
  .card { border: 0; padding: 0; } }
`;
