// @ts-check
// A classic script, run before anything is painted, so that the page never flashes in the other colours.
(() => {
  /** @returns {string | null} */
  const stored = () => {
    try {
      return localStorage.getItem('assay-theme');
    } catch {
      return null; // Storage is closed to the page: the system's colours stand.
    }
  };
  const theme = stored();
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
})();
