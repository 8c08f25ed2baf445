import { styleText } from 'node:util';
import { cutToWidth, displayWidth, printable } from './display-width.ts';
import type { Column, RawRow, RowFormat } from './row-format.ts';
import { isNumberType, toShown } from './sql-values.ts';

export interface TableOptions {
  /** Cells in a line of the terminal, to which long values are cut; undefined to cut nothing. */
  width?: number | undefined;
  /** Whether NULL and the header may be coloured. */
  isTerminal?: boolean;
}

const GAP = '  ';
const NULL = 'NULL';
/** The widths of the columns are taken from the first rows, so that a long result is printed while it arrives. */
const MEASURED_ROWS = 1000;
/** No column is cut below this, however narrow the terminal. */
const LEAST_WIDTH = 8;

/** An aligned table: numbers to the right, the rest to the left, NULL written out. */
export function createTableFormat({ width, isTerminal = false }: TableOptions = {}): RowFormat {
  let columns: readonly Column[] = [];
  let waiting: RawRow[] = [];
  let widths: number[] | undefined;

  function cells(values: RawRow): string[] {
    return values.map((value, index) =>
      value === null ? NULL : printable(toShown(value, columns[index]?.typeId ?? 0)),
    );
  }

  function line(values: RawRow, limits: readonly number[]): string {
    const padded = cells(values).map((cell, index) => {
      const limit = limits[index] ?? 0;
      const isNumber = isNumberType(columns[index]?.typeId ?? 0);
      const shown = width === undefined || isNumber ? cell : cutToWidth(cell, limit);
      const padding = ' '.repeat(Math.max(0, limit - displayWidth(shown)));
      const styled = isTerminal && values[index] === null ? styleText('dim', shown) : shown;
      return isNumber ? padding + styled : styled + padding;
    });
    return `${padded.join(GAP).trimEnd()}\n`;
  }

  function print(): string {
    const headers = columns.map((column) => printable(column.name));
    const natural = headers.map(displayWidth);
    for (const row of waiting) {
      for (const [index, cell] of cells(row).entries())
        natural[index] = Math.max(natural[index] ?? 0, displayWidth(cell));
    }
    const limits = width === undefined ? natural : narrow(natural, columns, width);
    widths = limits;
    const header = headers
      .map((name, index) => {
        const shown = cutToWidth(name, limits[index] ?? 0);
        const padding = ' '.repeat((limits[index] ?? 0) - displayWidth(shown));
        return isNumberType(columns[index]?.typeId ?? 0) ? padding + shown : shown + padding;
      })
      .join(GAP)
      .trimEnd();
    const rule = limits.map((limit) => '-'.repeat(limit)).join(GAP);
    const text = `${isTerminal ? styleText('bold', header) : header}\n${rule}\n${waiting.map((row) => line(row, limits)).join('')}`;
    waiting = [];
    return text;
  }

  return {
    begin: (given) => {
      columns = given;
      waiting = [];
      widths = undefined;
      return '';
    },
    row: (values) => {
      if (widths !== undefined) return line(values, widths);
      waiting.push(values);
      return waiting.length < MEASURED_ROWS ? '' : print();
    },
    end: () => (widths === undefined && columns.length > 0 ? print() : ''),
    between: '\n',
  };
}

/** Cuts the widest columns that are not numbers until the line fits, or all are as narrow as they may be. */
function narrow(natural: readonly number[], columns: readonly Column[], width: number): number[] {
  const gaps = GAP.length * (natural.length - 1);
  const cutTo = (limit: number) =>
    natural.map((own, index) =>
      isNumberType(columns[index]?.typeId ?? 0) ? own : Math.min(own, limit),
    );
  let limit = Math.max(LEAST_WIDTH, ...natural);
  while (limit > LEAST_WIDTH && sum(cutTo(limit)) + gaps > width) limit--;
  return cutTo(limit);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
