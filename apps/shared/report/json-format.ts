import type { Column, RowFormat } from './row-format.ts';
import { toJson } from './sql-values.ts';

/** A JSON array with one object a row, each on a line of its own. */
export function createJsonFormat(): RowFormat {
  let columns: readonly Column[] = [];
  let keys: string[] = [];
  let isFirst = true;
  return {
    begin: (given) => {
      columns = given;
      keys = distinctNames(given).map((name) => JSON.stringify(name));
      isFirst = true;
      return '[';
    },
    row: (values) => {
      const members = values.map(
        (value, index) =>
          `${keys[index]}:${value === null ? 'null' : toJson(value, columns[index]?.typeId ?? 0)}`,
      );
      const separator = isFirst ? '\n' : ',\n';
      isFirst = false;
      return `${separator}{${members.join(',')}}`;
    },
    end: () => (isFirst ? ']\n' : '\n]\n'),
    between: '',
  };
}

/** A result may have columns of the same name; in an object the later would hide the earlier. */
function distinctNames(columns: readonly Column[]): string[] {
  const taken = new Set(columns.map((column) => column.name));
  const given = new Set<string>();
  return columns.map(({ name }) => {
    let key = name;
    for (let number = 2; given.has(key) || (key !== name && taken.has(key)); number++)
      key = `${name}_${number}`;
    given.add(key);
    return key;
  });
}
