import { escapeLine } from './text/escape.js';

/** Markup that is known to be safe: it comes from a template, and every inserted value was escaped. */
export interface Html {
  readonly markup: string;
}

/** A value that a template can insert: text and numbers are escaped, markup is not, null is nothing. */
export type HtmlValue = string | number | null | Html | readonly HtmlValue[];

/** Creates markup from a template; every inserted value is escaped. */
export function html(template: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return {
    markup: template
      .map((text, index) => text + (index < values.length ? renderValue(values[index] ?? null) : ''))
      .join(''),
  };
}

function renderValue(value: HtmlValue): string {
  if (value === null) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  return 'markup' in value ? value.markup : value.map(renderValue).join('');
}

const htmlEntities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes a text; invisible characters, which could change how the text around them is displayed, become visible. */
export function escapeHtml(text: string): string {
  return escapeLine(text).replace(/[&<>"']/g, (character) => htmlEntities[character] ?? character);
}

/** Renders a self-contained page: readable in light and dark mode, on a phone and on paper. */
export function renderPage(title: string, body: Html): string {
  return `${
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>${title}</title>
          <style>
            ${{ markup: pageStyles }}
          </style>
        </head>
        <body>
          <main>${body}</main>
        </body>
      </html>`.markup
  }\n`;
}

const pageStyles = `
:root {
  --ground: #f6f7f9; --card: #fff; --ink: #1b1f24; --quiet: #5d6773; --line: #dfe3e8; --faint: #eef1f4;
  --link: #1f5fbf; --good: #1d8a57; --calm: #9fb4c9; --warn: #c98212; --bad: #cc3b31;
  --good-ground: #e3f4ec; --warn-ground: #fcf1dc; --bad-ground: #fbe6e4; --quiet-ground: #e9edf1;
  --good-ink: #10613b; --warn-ink: #85540a; --bad-ink: #9c241c; --skip: #ecc98a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #111418; --card: #191d23; --ink: #e4e8ec; --quiet: #97a1ad; --line: #2b323b; --faint: #222830;
    --link: #7fb2ff; --good: #3fb57d; --calm: #56697d; --warn: #e0a13a; --bad: #ee6a60;
    --good-ground: #15352a; --warn-ground: #3a2d14; --bad-ground: #41201e; --quiet-ground: #262d36;
    --good-ink: #7fdcb0; --warn-ink: #f1c374; --bad-ink: #ff9f97; --skip: #a3823c;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 1.05rem; margin: 2.25rem 0 0.75rem; }
p { margin: 0.35rem 0; }
a { color: var(--link); }
code, .mono { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: 0.88em; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); }
.small { font-size: 0.87rem; }
.heading { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4rem 0.8rem; }
.badge { display: inline-block; padding: 0.1rem 0.65rem; border-radius: 99px; font-weight: 600; font-size: 0.85rem; white-space: nowrap; }
.badge.good { background: var(--good-ground); color: var(--good-ink); }
.badge.warn { background: var(--warn-ground); color: var(--warn-ink); }
.badge.bad { background: var(--bad-ground); color: var(--bad-ink); }
.badge.quiet { background: var(--quiet-ground); color: var(--quiet); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 0.75rem; margin-top: 1.4rem; }
.tile, .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.tile { padding: 0.8rem 1rem; }
.tile .figure { font-size: 1.45rem; font-weight: 650; line-height: 1.25; font-variant-numeric: tabular-nums; }
.card { padding: 1rem; margin: 0.75rem 0; }
.card > :first-child { margin-top: 0; }
.card > :last-child { margin-bottom: 0; }
.card.bad { border-left: 4px solid var(--bad); }
.card.warn { border-left: 4px solid var(--warn); }
.hint { background: var(--faint); border-radius: 7px; padding: 0.5rem 0.75rem; margin: 0.6rem 0 0; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 0.5rem 0.9rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
thead th { border-top: 0; font-weight: 500; font-size: 0.83rem; color: var(--quiet); white-space: nowrap; }
td.number, th.number { text-align: right; white-space: nowrap; }
svg { display: block; width: 100%; }
.fill-good { fill: var(--good); } .fill-calm { fill: var(--calm); } .fill-warn { fill: var(--warn); } .fill-bad { fill: var(--bad); } .fill-skip { fill: var(--skip); }
.fill-faint { fill: var(--faint); } .fill-link { fill: var(--link); }
.lane { display: grid; grid-template-columns: minmax(5rem, 9rem) 1fr 6.4rem; gap: 0.8rem; align-items: center; padding: 0.3rem 0; }
.lane .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.lane .length { text-align: right; color: var(--quiet); font-size: 0.87rem; white-space: nowrap; font-variant-numeric: tabular-nums; }
.axis { display: flex; justify-content: space-between; color: var(--quiet); font-size: 0.8rem; }
.key { display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; font-size: 0.87rem; color: var(--quiet); }
.key span::before { content: ""; display: inline-block; width: 0.65rem; height: 0.65rem; border-radius: 3px; margin-right: 0.4rem; background: var(--dot); }
.dot-good { --dot: var(--good); } .dot-calm { --dot: var(--calm); } .dot-warn { --dot: var(--warn); } .dot-bad { --dot: var(--bad); } .dot-skip { --dot: var(--skip); } .dot-faint { --dot: var(--line); }
ul.plain { margin: 0; padding-left: 1.15rem; }
details > summary { cursor: pointer; }
footer { margin-top: 2.5rem; color: var(--quiet); font-size: 0.85rem; }
@media (max-width: 40rem) {
  main { padding: 1.25rem 0.9rem 2rem; }
  th, td { padding: 0.45rem 0.6rem; }
  .tiles { grid-template-columns: repeat(2, 1fr); }
  .tile .figure { font-size: 1.2rem; }
  .lane { grid-template-columns: minmax(4.5rem, 6rem) 1fr 5.6rem; gap: 0.5rem; }
}
@media print { .card, .tile, .scroll { break-inside: avoid; } }
`;
