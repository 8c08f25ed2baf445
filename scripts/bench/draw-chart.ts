import type { Figure, Verdict } from './bench-types.ts';
import { type BenchReport, describeRun } from './write-report.ts';

const WIDTH = 860;
const BARS_FROM = 300;
const BARS_TO = 780;
const LINE = 22;
const PART_GAP = 14;
const TOP = 96;

/** Light and dark, as the reader's system has it; the ground is painted, so that the page around does not matter. */
const STYLE = `
  .ground { fill: #ffffff; } text { fill: #1f2328; font: 13px system-ui, sans-serif; } .small { font-size: 12px; fill: #59636e; }
  .title { font-size: 17px; font-weight: 600; } .part { font-weight: 600; } .bar { fill: #0969da; } .own { fill: #8c959f; }
  .goal { stroke: #9a6700; stroke-width: 2.5; } .line { stroke: #59636e; stroke-dasharray: 3 3; } .met { fill: #1a7f37; } .missed { fill: #cf222e; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117; } text { fill: #f0f6fc; } .small { fill: #9198a1; } .bar { fill: #4493f8; } .own { fill: #656c76; }
    .goal { stroke: #9a6700; stroke-width: 2.5; } .line { stroke: #9198a1; } .goal { stroke: #d29922; } .met { fill: #3fb950; } .missed { fill: #f85149; }
  }`;

/** PostgreSQL's own COPY, drawn in another colour: it is what the rest is measured by. */
const OWN = /^COPY (text|jsonb)/;

/** Draws how the ways compare with COPY into a bare jsonb table, and below it the targets, as SVG. */
export function drawChart(report: BenchReport): string {
  const figures = report.figures.filter((one) => one.ratio !== null);
  const longest = Math.max(1, ...figures.map(({ ratio }) => ratio ?? 0));
  const scale = (ratio: number) => ((BARS_TO - BARS_FROM) * ratio) / longest;

  const shapes: string[] = [];
  let y = TOP;
  for (const [index, one] of figures.entries()) {
    if (figures[index - 1]?.part !== one.part) {
      y += PART_GAP;
      shapes.push(text(16, y + 15, one.part, 'part'));
    }
    shapes.push(drawBar(one, y, scale(one.ratio ?? 0)));
    if (one.targetRatio !== null) shapes.push(drawGoal(BARS_FROM + scale(one.targetRatio), y));
    y += LINE;
  }
  const floorX = BARS_FROM + scale(1);
  const line = `<line class="line" x1="${floorX}" y1="${TOP}" x2="${floorX}" y2="${y}"/>`;
  const heading =
    figures.length === 0 ? [] : [line, text(floorX, TOP - 4, 'COPY jsonb = 1', 'small', 'middle')];

  if (report.verdicts.length > 0) {
    y += 2 * PART_GAP;
    shapes.push(text(16, y + 15, 'Targets', 'part'));
    y += LINE;
    for (const verdict of report.verdicts) {
      shapes.push(drawVerdict(verdict, y));
      y += LINE;
    }
  }
  const height = y + PART_GAP;
  const [data, machine] = describeRun(report);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Speed of loading, compared with PostgreSQL's COPY">
<style>${STYLE}
</style>
<rect class="ground" width="${WIDTH}" height="${height}"/>
${text(16, 26, "Events a second, compared with PostgreSQL's COPY into a bare jsonb table", 'title')}
${text(16, 46, data, 'small')}
${text(16, 64, machine, 'small')}
${[...heading, ...shapes].join('\n')}
</svg>
`;
}

function drawBar({ way, ratio }: Figure, y: number, length: number): string {
  const style = OWN.test(way) ? 'own' : 'bar';
  const width = Math.max(1, length).toFixed(1);
  const shown = (ratio ?? 0).toFixed((ratio ?? 0) < 0.1 ? 3 : 2);
  return [
    text(BARS_FROM - 8, y + 15, way.trim(), '', 'end'),
    `<rect class="${style}" x="${BARS_FROM}" y="${y + 3}" width="${width}" height="${LINE - 6}" rx="2"/>`,
    text(BARS_FROM + Number(width) + 6, y + 15, shown, 'small'),
  ].join('');
}

/** A mark across the bar where its target is. */
function drawGoal(x: number, y: number): string {
  const at = x.toFixed(1);
  return `<line class="goal" x1="${at}" y1="${y}" x2="${at}" y2="${y + LINE}"><title>target</title></line>`;
}

function drawVerdict({ what, measured, target, isMet }: Verdict, y: number): string {
  return [
    `<circle class="${isMet ? 'met' : 'missed'}" cx="24" cy="${y + 11}" r="5"/>`,
    text(38, y + 15, what),
    text(BARS_TO - 80, y + 15, measured, '', 'end'),
    text(BARS_TO - 64, y + 15, `${target} ${isMet ? 'met' : 'not met'}`, 'small'),
  ].join('');
}

function text(x: number, y: number, content: string, style = '', anchor = 'start'): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const styled = style === '' ? '' : ` class="${style}"`;
  const anchored = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
  return `<text x="${Number(x.toFixed(1))}" y="${y}"${styled}${anchored}>${escaped}</text>`;
}
