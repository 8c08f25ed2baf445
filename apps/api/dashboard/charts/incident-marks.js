// @ts-check
import uPlot from '/assets/uplot/uPlot.esm.js';
import { cssColour } from '../lib/palette.js';

/** @typedef {import('../lib/answers.js').Incident} Incident */

/** The kinds, each with a lane of its own above the events, and a shape: colour alone tells nothing to some. */
export const INCIDENT_KINDS = /** @type {const} */ ({
  feed_incident: { label: 'Incident of the feed', colour: '--mark-incident', shape: '◆' },
  feed_gap: { label: 'Gap in our record', colour: '--mark-gap', shape: '▬' },
  failed_run: { label: 'Failed run', colour: '--mark-failure', shape: '✕' },
});
const KINDS = /** @type {(keyof typeof INCIDENT_KINDS)[]} */ (Object.keys(INCIDENT_KINDS));

const LANE = 9;
/** What the lanes need above the plot. */
export const MARKS_HEIGHT = KINDS.length * LANE + 6;

/**
 * Marks incidents on a time chart: a faint shade over the span that a feed was not whole, and, with lanes, a mark each
 * above the plot.
 *
 * @param {() => readonly Incident[]} incidents
 * @param {{ hasLanes: boolean }} options
 * @returns {uPlot.Plugin}
 */
export function incidentMarks(incidents, { hasLanes }) {
  return {
    hooks: {
      drawClear: (chart) => {
        const colours = kindColours();
        for (const incident of incidents()) {
          if (incident.kind === 'failed_run') continue;
          const { from, to, isLasting } = place(chart, incident);
          if (isLasting || to < chart.bbox.left || from > chart.bbox.left + chart.bbox.width)
            continue;
          const { ctx } = chart;
          ctx.save();
          clipTo(chart, chart.bbox.top, chart.bbox.height);
          ctx.fillStyle = colours[incident.kind];
          ctx.globalAlpha = 0.13;
          ctx.fillRect(from, chart.bbox.top, Math.max(to - from, uPlot.pxRatio), chart.bbox.height);
          ctx.restore();
        }
      },
      draw: (chart) => {
        if (hasLanes) drawLanes(chart, incidents());
      },
    },
  };
}

/**
 * @param {uPlot} chart
 * @param {readonly Incident[]} incidents
 */
function drawLanes(chart, incidents) {
  const ratio = uPlot.pxRatio;
  const { ctx } = chart;
  const colours = kindColours();
  ctx.save();
  clipTo(chart, 0, chart.bbox.top);
  for (const incident of incidents) {
    const { from, to, isLasting } = place(chart, incident);
    const y = (KINDS.indexOf(incident.kind) + 0.5) * LANE * ratio + 2 * ratio;
    ctx.fillStyle = ctx.strokeStyle = colours[incident.kind];
    // What was so all along is said, and does not shout.
    ctx.globalAlpha = isLasting ? 0.35 : 1;
    const half = 3 * ratio;
    ctx.beginPath();
    if (incident.kind === 'failed_run') {
      ctx.lineWidth = 1.75 * ratio;
      ctx.moveTo(from - half, y - half);
      ctx.lineTo(from + half, y + half);
      ctx.moveTo(from + half, y - half);
      ctx.lineTo(from - half, y + half);
      ctx.stroke();
      continue;
    }
    ctx.rect(from, y - ratio, Math.max(to - from, 2 * ratio), 2 * ratio);
    if (incident.kind === 'feed_incident') {
      ctx.moveTo(from, y - half - ratio);
      ctx.lineTo(from + half + ratio, y);
      ctx.lineTo(from, y + half + ratio);
      ctx.lineTo(from - half - ratio, y);
      ctx.closePath();
    } else {
      ctx.rect(from - ratio, y - half, 2 * ratio, 2 * half);
    }
    ctx.fill();
  }
  ctx.restore();
}

/** @returns {Record<keyof typeof INCIDENT_KINDS, string>} */
const kindColours = () => ({
  feed_incident: cssColour(INCIDENT_KINDS.feed_incident.colour),
  feed_gap: cssColour(INCIDENT_KINDS.feed_gap.colour),
  failed_run: cssColour(INCIDENT_KINDS.failed_run.colour),
});

/**
 * Where an incident lies, in pixels of the canvas. The API tells no end of one that lasts, or whose end nobody knows: one
 * that is told of a range it began before lasts, any other is a moment.
 *
 * @param {uPlot} chart
 * @param {Incident} incident
 */
function place(chart, { started_at, ended_at }) {
  const { left, width } = chart.bbox;
  const start = chart.valToPos(Date.parse(started_at) / 1000, 'x', true);
  const isLasting = ended_at === null && start < left;
  const end = isLasting
    ? left + width
    : chart.valToPos(Date.parse(ended_at ?? started_at) / 1000, 'x', true);
  return { from: Math.max(start, left - 99), to: Math.min(end, left + width + 99), isLasting };
}

/**
 * @param {uPlot} chart
 * @param {number} top
 * @param {number} height
 */
function clipTo(chart, top, height) {
  chart.ctx.beginPath();
  chart.ctx.rect(chart.bbox.left - 5, top, chart.bbox.width + 10, height);
  chart.ctx.clip();
}
