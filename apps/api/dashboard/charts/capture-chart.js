// @ts-check
import uPlot from '/assets/uplot/uPlot.esm.js';
import { cssColour } from '../lib/palette.js';
import { CURSOR } from './events-chart.js';
import { incidentMarks } from './incident-marks.js';
import { followWidth, inUtc, RIGHT_EDGE, timeAxis, valueAxis } from './time-axis.js';

const HEIGHT = 112;

/**
 * @typedef {object} Capture
 * @property {number[]} times starts of the buckets, in seconds
 * @property {number} width of a bucket, in seconds
 * @property {(number | null)[]} rates from 0 to 1
 * @property {(number | null)[]} lows
 * @property {(number | null)[]} highs
 */

/**
 * The share of events that the warehouse has, with the 95 % interval as a band, under the chart of events.
 *
 * @param {HTMLElement} host
 * @param {object} options
 * @param {() => readonly import('../lib/answers.js').Incident[]} options.incidents
 * @param {() => import('../lib/time-range.js').Span} options.span
 */
export function createCaptureChart(host, { incidents, span }) {
  /** @type {uPlot | undefined} */
  let chart;
  followWidth(host, HEIGHT, () => chart);
  const edge = { width: 0, points: { show: false } };

  return {
    /** @param {Capture} capture */
    show({ times, width, rates, lows, highs }) {
      // Each bucket from its start to its end, so that one alone between two gaps is seen too.
      /** @type {uPlot.AlignedData} */
      const data = [
        times.flatMap((time) => [time, time + width - 1]),
        ...[highs, lows, rates].map((values) => values.flatMap((value) => [value, value])),
      ];
      if (chart !== undefined) {
        chart.setData(data);
        return;
      }
      chart = new uPlot(
        {
          width: host.clientWidth,
          height: HEIGHT,
          tzDate: inUtc,
          padding: [8, RIGHT_EDGE, 4, 0],
          legend: { show: false },
          scales: {
            x: { time: true, range: () => [span().since / 1000, span().until / 1000] },
            y: { range: (_, __, most) => [0, niceShare(most)] },
          },
          axes: [
            timeAxis(false),
            {
              ...valueAxis({
                format: (share) => `${Number((100 * share).toPrecision(3))} %`,
                isWhole: false,
              }),
              space: 28,
            },
          ],
          series: [
            {},
            edge,
            edge,
            {
              stroke: () => cssColour('--capture'),
              width: 2,
              points: { show: false },
            },
          ],
          bands: [{ series: [1, 2], fill: () => cssColour('--capture-band') }],
          cursor: {
            y: false,
            points: { show: false },
            drag: { x: false, y: false },
            sync: { key: CURSOR },
          },
          plugins: [incidentMarks(incidents, { hasLanes: false })],
        },
        data,
        host,
      );
    },
    redraw: () => chart?.redraw(true, true),
  };
}

/**
 * The end of the scale: all, unless little is captured, which would lie flat on the ground.
 *
 * @param {number | null} most
 */
function niceShare(most) {
  if (most === null || most <= 0 || most > 0.5) return 1;
  return [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5].find((end) => most <= end) ?? 1;
}
