// @ts-check
import { apiKey } from './ask.js';
import { byId } from './element.js';

/**
 * Asks for the API key when the API wants one.
 *
 * @param {() => void} onKey
 */
export function createKeyDialog(onKey) {
  /** @type {HTMLDialogElement} */
  const dialog = byId('key-dialog');
  /** @type {HTMLInputElement} */
  const input = byId('key');
  const problem = byId('key-problem');
  const forget = byId('forget-key');
  const showForget = () => {
    forget.hidden = apiKey.get() === null;
  };
  showForget();

  byId('key-form').addEventListener('submit', (event) => {
    event.preventDefault();
    dialog.close();
    apiKey.set(input.value.trim());
    input.value = '';
    showForget();
    onKey();
  });
  // Nothing can be read without it, so that closing it leads nowhere.
  dialog.addEventListener('cancel', (event) => event.preventDefault());
  forget.addEventListener('click', () => {
    apiKey.forget();
    location.reload();
  });

  return {
    /** Opens it; a key that was given and refused is said to be wrong. */
    open() {
      if (dialog.open) return;
      problem.hidden = apiKey.get() === null;
      problem.textContent = 'The API does not know this key.';
      apiKey.forget();
      showForget();
      dialog.showModal();
    },
  };
}
