/** The one stylesheet: tokens first, then parts in the order a page shows them. Both themes meet 4.5:1 for text. */
export const stylesheet = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --raised: #f6f8fa; --line: #d0d7de; --text: #1f2328; --muted: #57606a; --link: #0550ae; --focus: #0969da;
  --ok: #116329; --ok-ground: #dafbe1; --warn: #7a4c00; --warn-ground: #fff8c5; --bad: #a40e26; --bad-ground: #ffebe9;
  --info: #0a3069; --info-ground: #ddf4ff; --space: 1rem; --radius: 6px;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0d1117; --raised: #161b22; --line: #30363d; --text: #e6edf3; --muted: #9ba5b0; --link: #79c0ff; --focus: #58a6ff;
    --ok: #7ee787; --ok-ground: #12261e; --warn: #e3b341; --warn-ground: #2b2210; --bad: #ffa198; --bad-ground: #2d1517;
    --info: #a5d6ff; --info-ground: #0c2d4a;
  }
}
* { box-sizing: border-box; }
html { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; background: var(--ground); color: var(--text); }
body { margin: 0; }
a { color: var(--link); }
a:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible, textarea:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: var(--space); top: var(--space); background: var(--ground); padding: .5rem; z-index: 2; }
header.top { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: center; padding: .6rem var(--space); border-bottom: 1px solid var(--line); background: var(--raised); }
header.top .brand { font-weight: 700; font-size: 1.1rem; text-decoration: none; color: var(--text); }
header.top nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
header.top nav a { text-decoration: none; padding: .2rem 0; }
header.top nav a[aria-current] { font-weight: 600; border-bottom: 2px solid var(--focus); color: var(--text); }
header.top form.search { flex: 1 1 12rem; max-width: 30rem; display: flex; margin-left: auto; }
header.top form.search input { width: 100%; }
header.top .who { color: var(--muted); display: flex; gap: .5rem; align-items: center; }
main { max-width: 90rem; margin: 0 auto; padding: var(--space); }
footer.bottom { max-width: 90rem; margin: 2rem auto 0; padding: var(--space); color: var(--muted); border-top: 1px solid var(--line); font-size: .875rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 1.75rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
p { margin: .4rem 0; overflow-wrap: anywhere; }
.lead { color: var(--muted); max-width: 70ch; }
.crumbs { font-size: .875rem; color: var(--muted); overflow-wrap: anywhere; }
.muted { color: var(--muted); }
.columns { display: grid; gap: 1.5rem; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 60rem) { .columns { grid-template-columns: minmax(0, 2fr) minmax(0, 1fr); } .columns.even { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } }
.cards { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); padding: 0; list-style: none; margin: .5rem 0; }
.card { border: 1px solid var(--line); border-radius: var(--radius); padding: .75rem 1rem; background: var(--raised); overflow-wrap: anywhere; }
.card h2, .card h3 { margin: 0 0 .25rem; font-size: 1rem; }
.tabs { display: flex; flex-wrap: wrap; gap: .25rem 1rem; border-bottom: 1px solid var(--line); margin: 1rem 0; padding: 0; list-style: none; }
.tabs a { display: block; padding: .3rem 0; text-decoration: none; }
.tabs a[aria-current] { font-weight: 600; color: var(--text); border-bottom: 2px solid var(--focus); }
.scroll { overflow-x: auto; background: var(--raised); border: 1px solid var(--line); border-radius: var(--radius); }
time { white-space: nowrap; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
caption { text-align: left; padding: .4rem .6rem; color: var(--muted); }
th, td { text-align: left; padding: .4rem .6rem; border-top: 1px solid var(--line); vertical-align: top; }
thead th { border-top: 0; background: var(--raised); font-weight: 600; white-space: nowrap; }
td.wide { min-width: 14rem; overflow-wrap: anywhere; }
td.tick { text-align: center; }
code, a, strong, .badge, .muted { unicode-bidi: isolate; }
code, pre, .mono { font-family: var(--mono); font-size: .875em; overflow-wrap: anywhere; }
pre { padding: .6rem .8rem; margin: 0; overflow-wrap: normal; width: max-content; min-width: 100%; }
.scroll table { background: var(--ground); }
.tall > .scroll { max-height: 34rem; overflow: auto; }
.bytes { overflow-wrap: anywhere; }
pre .line { display: block; min-height: 1.4em; white-space: pre; }
pre .marked { background: var(--bad-ground); color: var(--bad); font-weight: 600; }
pre .gone { background: var(--bad-ground); color: var(--bad); }
pre .come { background: var(--ok-ground); color: var(--ok); }
.badge { display: inline-block; border-radius: 1em; padding: 0 .55em; font-size: .8125rem; line-height: 1.6; border: 1px solid var(--line); background: var(--raised); white-space: nowrap; }
.badge.ok { color: var(--ok); background: var(--ok-ground); border-color: currentColor; }
.badge.warn { color: var(--warn); background: var(--warn-ground); border-color: currentColor; }
.badge.bad { color: var(--bad); background: var(--bad-ground); border-color: currentColor; }
.badge.info { color: var(--info); background: var(--info-ground); border-color: currentColor; }
.banner { border: 1px solid currentColor; border-radius: var(--radius); padding: .6rem .9rem; margin: .75rem 0; color: var(--info); background: var(--info-ground); }
.banner.bad { color: var(--bad); background: var(--bad-ground); }
.banner.warn { color: var(--warn); background: var(--warn-ground); }
.banner.ok { color: var(--ok); background: var(--ok-ground); }
.banner a { color: inherit; }
.finding { border-left: 4px solid var(--line); padding: .25rem 0 .25rem .9rem; margin: 1rem 0; }
.finding.error { border-color: var(--bad); }
.finding.warning { border-color: var(--warn); }
.finding.info { border-color: var(--info); }
.finding h3 { margin-top: 0; font-weight: 600; overflow-wrap: anywhere; }
.finding:target { background: var(--raised); }
.sides { display: grid; gap: .5rem 1.5rem; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 60rem) { .sides:has(> figure) { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } }
.sides figure { margin: 0; }
.verdicts { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); margin: .75rem 0 .5rem; }
.verdict { border: 1px solid var(--line); border-top: 4px solid var(--line); border-radius: var(--radius); padding: .5rem 1rem .75rem; background: var(--raised); }
.verdict p { margin: .15rem 0; }
.verdict .answer { font-size: 1.6rem; font-weight: 700; line-height: 1.2; }
.verdict.compatible { border-top-color: var(--ok); } .verdict.compatible .answer { color: var(--ok); }
.verdict.incompatible { border-top-color: var(--bad); } .verdict.incompatible .answer { color: var(--bad); }
.verdict.undecided { border-top-color: var(--warn); } .verdict.undecided .answer { color: var(--warn); }
.world { display: inline-block; white-space: nowrap; margin-right: .75rem; }
a.note { font-family: var(--mono); font-size: .8125rem; font-weight: 600; }
a.note.error { color: var(--bad); } a.note.warning { color: var(--warn); } a.note.info { color: var(--info); }
pre a.note { margin-left: 1rem; }
dl.facts { display: grid; grid-template-columns: minmax(6rem, max-content) minmax(0, 1fr); gap: .25rem 1rem; margin: .5rem 0; }
dl.facts dt { color: var(--muted); }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
ol.timeline { list-style: none; padding: 0; margin: .5rem 0; border-left: 2px solid var(--line); }
ol.timeline li { padding: .1rem 0 .7rem 1rem; position: relative; }
ol.timeline li::before { content: ""; position: absolute; left: -6px; top: .5rem; width: 10px; height: 10px; border-radius: 50%; background: var(--focus); }
form.row, div.row { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: end; margin: .5rem 0; }
label { display: block; font-size: .875rem; font-weight: 600; }
label .hint { font-weight: 400; color: var(--muted); }
input, select, textarea, button { font: inherit; color: var(--text); background: var(--ground); border: 1px solid #7d8590; border-radius: var(--radius); padding: .35rem .6rem; max-width: 100%; }
textarea { width: 100%; min-height: 14rem; font-family: var(--mono); font-size: .875rem; font-weight: 400; }
figure { margin: .5rem 0; }
td:first-child code { white-space: nowrap; }
textarea.short { min-height: 4rem; font-family: inherit; }
form { margin: 0; }
form > label, form > .row { margin-bottom: .6rem; }
button { white-space: nowrap; cursor: pointer; font-weight: 600; background: var(--raised); min-height: 2.25rem; }
button.main { background: var(--link); color: var(--ground); border-color: var(--link); }
button.bad { color: var(--bad); border-color: currentColor; }
.board { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr)); }
.board section { background: var(--raised); border: 1px solid var(--line); border-radius: var(--radius); padding: .5rem .75rem; }
.board section h2 { margin: .25rem 0; font-size: 1rem; }
.board .card { background: var(--ground); margin: .5rem 0; }
svg.graph { max-width: none; display: block; font-family: inherit; }
svg.graph text { fill: var(--text); font-size: 13px; }
svg.graph .service rect { fill: var(--info-ground); stroke: var(--info); }
svg.graph .event rect { fill: var(--raised); stroke: var(--muted); }
svg.graph path { fill: none; stroke: var(--muted); stroke-width: 1; opacity: .55; }
svg.graph .current rect { fill: var(--focus); stroke: var(--focus); }
svg.graph .current text { fill: var(--ground); font-weight: 700; }
svg.graph a:focus-visible rect { stroke: var(--focus); stroke-width: 3; }
details > summary { cursor: pointer; padding: .2rem 0; font-weight: 600; }
.nest { color: var(--muted); }
.htmx-request { opacity: .6; }
@media (max-width: 30rem) { main { padding: .75rem; } dl.facts { grid-template-columns: minmax(0, 1fr); } dl.facts dd { margin-bottom: .4rem; } }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
`.trim();
