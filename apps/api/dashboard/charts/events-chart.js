// @ts-check
import uPlot from '/assets/uplot/uPlot.esm.js';
import { formatShort } from '../lib/format.js';
import { cssColour } from '../lib/palette.js';
import { incidentMarks, MARKS_HEIGHT } from './incident-marks.js';
import { followWidth, inUtc, RIGHT_EDGE, timeAxis, valueAxis } from './time-axis.js';

const HEIGHT = 300;
export const CURSOR = 'time';

/**
 * @typedef {object} Stack
 * @property {number[]} times starts of the buckets, in seconds
 * @property {{ type: string, colour: string, counts: number[] }[]} layers the lowest first
 */

/**
 * Events per hour or day as stacked bars, one layer a type.
 *
 * @param {HTMLElement} host
 * @param {object} options
 * @param {() => readonly import('../lib/answers.js').Incident[]} options.incidents
 * @param {() => import('../lib/time-range.js').Span} options.span
 * @param {(index: number | null) => void} options.onCursor
 * @param {(since: number, until: number) => void} options.onSelect a span drawn with the mouse, milliseconds
 */
export function createEventsChart(host, { incidents, span, onCursor, onSelect }) {
  /** @type {uPlot | undefined} */
  let chart;
  let drawn = '';
  const bars = /** @type {uPlot.Series.PathBuilder} */ (
    uPlot.paths.bars?.({ size: [0.86, Number.POSITIVE_INFINITY, 1], align: 1 })
  );
  followWidth(host, HEIGHT, () => chart);

  return {
    /** @param {Stack} stack */
    show(stack) {
      const data = toData(stack);
      const layers = JSON.stringify(stack.layers.map(({ type, colour }) => [type, colour]));
      if (chart !== undefined && drawn === layers) {
        chart.setData(data);
        return;
      }
      chart?.destroy();
      drawn = layers;
      chart = new uPlot(
        {
          width: host.clientWidth,
          height: HEIGHT,
          tzDate: inUtc,
          padding: [MARKS_HEIGHT, RIGHT_EDGE, 0, 0],
          legend: { show: false },
          scales: {
            x: { time: true, range: () => [span().since / 1000, span().until / 1000] },
            y: { range: (_, __, most) => [0, Math.max(4, most * 1.06)] },
          },
          axes: [timeAxis(true), valueAxis({ format: formatShort, isWhole: true })],
          series: [
            {},
            ...stack.layers.toReversed().map(({ colour }) => ({
              fill: () => cssColour(colour),
              width: 0,
              points: { show: false },
              paths: bars,
            })),
          ],
          cursor: {
            y: false,
            points: { show: false },
            // A bar covers its hour from the start to the end of it.
            move: (self, left, top) => [snap(self, left), top],
            drag: { x: true, y: false, setScale: false, dist: 6 },
            sync: { key: CURSOR },
          },
          hooks: {
            setCursor: [(self) => onCursor(self.cursor.idx ?? null)],
            setSelect: [
              (self) => {
                const { left, width } = self.select;
                if (width <= 0) return;
                onSelect(1000 * self.posToVal(left, 'x'), 1000 * self.posToVal(left + width, 'x'));
                self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
              },
            ],
          },
          plugins: [incidentMarks(incidents, { hasLanes: true })],
        },
        data,
        host,
      );
    },
    redraw: () => chart?.redraw(true, true),
    /**
     * @param {number | null} index of a bucket
     */
    point(index) {
      if (chart === undefined) return;
      const time = index === null ? undefined : chart.data[0][index];
      const left = time === undefined ? -10 : chart.valToPos(time, 'x');
      chart.setCursor({ left, top: time === undefined ? -10 : 10 });
    },
  };
}

/**
 * uPlot finds the point next to the mouse; the bar under it begins to its left.
 *
 * @param {uPlot} chart
 * @param {number} left
 */
function snap(chart, left) {
  if (left < 0) return left;
  const times = chart.data[0];
  const at = chart.posToVal(left, 'x');
  const next = times.findIndex((/** @type {number} */ time) => time > at);
  const time = times[next === -1 ? times.length - 1 : Math.max(0, next - 1)];
  return time === undefined ? left : chart.valToPos(time, 'x');
}

/**
 * Each layer drawn from the ground up to its top, the highest first, so that the lower ones cover it.
 *
 * @param {Stack} stack
 * @returns {uPlot.AlignedData}
 */
function toData({ times, layers }) {
  const tops = times.map(() => 0);
  const sums = layers.map(({ counts }) =>
    counts.map((count, index) => {
      const top = (tops[index] ?? 0) + count;
      tops[index] = top;
      return top;
    }),
  );
  return [times, ...sums.toReversed()];
}
