// @ts-check
import { byId } from './element.js';

const KEY = 'assay-theme';

/**
 * The reader's choice of colours, kept in this browser; theme.js puts it on before the first paint.
 *
 * @param {() => void} onChange called when the colours are others, for what is drawn on canvases
 */
export function connectThemeSwitch(onChange) {
  /** @type {HTMLSelectElement} */
  const select = byId('theme');
  select.value = document.documentElement.dataset.theme ?? 'system';
  select.addEventListener('change', () => {
    const { value } = select;
    if (value === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = value;
    try {
      if (value === 'system') localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, value);
    } catch {
      // Storage is closed to the page: the choice holds until it is left.
    }
    onChange();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', onChange);
}
