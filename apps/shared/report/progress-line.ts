const CLEAR = '\r\x1b[2K';

/** One line that says what is under way, on a terminal only; elsewhere nothing is shown. */
export function createProgressLine(output: NodeJS.WriteStream): {
  show: (text: string) => void;
  clear: () => void;
} {
  const isShown = output.isTTY === true;
  return {
    show: (text) => {
      if (isShown) output.write(`${CLEAR}${text.slice(0, (output.columns ?? 80) - 1)}`);
    },
    clear: () => {
      if (isShown) output.write(CLEAR);
    },
  };
}
