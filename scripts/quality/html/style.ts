/** Colours go by the reader's setting; print is always light. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #fff; --panel: #f6f7f9; --line: #d9dde3; --text: #1b1f24; --quiet: #5a6470;
  --pass: #2f7d4f; --fail: #c0302b; --warn: #a86400; --error: #8440a8; --skipped: #8a939e; --chart: #3b6fb5; }
@media screen and (prefers-color-scheme: dark) { :root { --ground: #14171b; --panel: #1c2026; --line: #343b44; --text: #e4e8ed;
  --quiet: #9aa5b1; --pass: #58b07c; --fail: #f0706a; --warn: #dfa048; --error: #c48be0; --skipped: #77818d; --chart: #7aa7e0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1.25rem 4rem; background: var(--ground); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
h1 { font-size: 1.05rem; margin: 0; font-weight: 600; color: var(--quiet); }
.headline { font-size: 1.75rem; line-height: 1.25; font-weight: 650; margin: .35rem 0 .75rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; padding-top: .5rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 0; font-weight: 600; display: inline; }
p { margin: .35rem 0; } .quiet { color: var(--quiet); } small { color: var(--quiet); }
code { font: .85em ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
a { color: inherit; } svg { display: block; } .ends { display: flex; justify-content: space-between; gap: 1rem; } .volume { width: 100%; height: auto; }
.volume rect, .bar rect { fill: var(--chart); } .volume line { stroke: var(--line); } .bar { width: 100%; height: .55rem; min-width: 4rem; }
.bar .ground { fill: var(--line); } .totals { width: 100%; height: .6rem; border-radius: .3rem; } .history { flex: none; }
rect.pass { fill: var(--pass); } rect.fail { fill: var(--fail); } rect.warn { fill: var(--warn); } rect.error { fill: var(--error); } rect.skipped { fill: var(--skipped); }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; margin: .6rem 0; }
.mark { display: inline-block; min-width: 4.2em; padding: 0 .5em; border-radius: .25em; font-size: .75rem; font-weight: 700; text-align: center;
  text-transform: uppercase; letter-spacing: .03em; color: var(--ground); }
.mark.pass { background: var(--pass); } .mark.fail { background: var(--fail); } .mark.warn { background: var(--warn); } .mark.error { background: var(--error); } .mark.skipped { background: var(--skipped); }
details, .finding { border: 1px solid var(--line); border-radius: .4rem; margin: .5rem 0; background: var(--panel); }
.finding { padding: .75rem 1rem; border-left: .3rem solid var(--skipped); } .finding.fail { border-left-color: var(--fail); } .finding.warn { border-left-color: var(--warn); } .finding.error { border-left-color: var(--error); }
.top { display: flex; flex-wrap: wrap; align-items: center; gap: .35rem .75rem; } .top .grow { flex: 1 1 14rem; }
summary { padding: .5rem .9rem; cursor: pointer; } details > div { padding: 0 .9rem .6rem; }
.quietly { list-style: none; margin: 0; padding: 0; } .quietly li { display: flex; flex-wrap: wrap; gap: .15rem .75rem; padding: .4rem 0; border-top: 1px solid var(--line); align-items: center; }
.quietly .grow { flex: 1 1 18rem; } .quietly small { display: block; }
.scroll { overflow-x: auto; margin: .5rem 0; } table { border-collapse: collapse; font-size: .83rem; width: 100%; }
th, td { text-align: left; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; font-variant-numeric: tabular-nums; }
th { font-weight: 600; color: var(--quiet); white-space: nowrap; } td { max-width: 22rem; overflow-wrap: anywhere; } td.number, th.number { text-align: right; white-space: nowrap; } td.wide { width: 40%; min-width: 6rem; vertical-align: middle; }
th.number { text-align: right; } td.null { color: var(--skipped); } td.time { white-space: nowrap; } .rows td { min-width: 5rem; }
.figures { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: .75rem 0; } .figures b { display: block; font-size: 1.2rem; font-variant-numeric: tabular-nums; }
.change { padding: .5rem 0; border-top: 1px solid var(--line); } .change small { display: block; }
footer { margin-top: 3rem; color: var(--quiet); font-size: .85rem; }
@media (max-width: 40rem) { body { padding: 1rem .8rem 3rem; } .headline { font-size: 1.35rem; } td { max-width: 14rem; } }
@media print { body { max-width: none; padding: 0; font-size: 11px; } details::details-content { content-visibility: visible; display: block; } .finding, li, tr { break-inside: avoid; } .scroll { overflow: visible; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`;
