/** Text as HTML shows it. Names of repositories and logins are whatever their owners chose. */
export function escapeHtml(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
      // Control characters, and those that turn the direction of what follows, are shown and not obeyed.
      .replace(
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
        /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
        (character) => `<i>U+${character.charCodeAt(0).toString(16).padStart(4, '0')}</i>`,
      )
  );
}

/** Text that is HTML already. */
export interface Html {
  html: string;
}

/**
 * A template for HTML: what is put in is escaped, unless it is HTML already. Arrays are joined; undefined, null and false
 * are left out.
 */
export function html(parts: TemplateStringsArray, ...values: unknown[]): Html {
  return { html: parts.reduce((text, part, index) => text + render(values[index - 1]) + part) };
}

function render(value: unknown): string {
  if (value === undefined || value === null || value === false) return '';
  if (Array.isArray(value)) return value.map(render).join('');
  if (typeof value === 'object' && 'html' in value) return String(value.html);
  return escapeHtml(String(value));
}
