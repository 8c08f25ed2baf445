const MASK = '[redacted]';

/**
 * Makes a function that blanks out every secret in a text, also where the secret was URL-encoded or
 * JSON-escaped. Working on finished text catches what no list of field names can: a password inside a
 * connection error, a token inside a URL.
 */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const forms = new Set(
    secrets
      .filter((secret) => secret.length > 0)
      .flatMap((secret) => [
        secret,
        encodeURIComponent(secret),
        // As a browser writes it into a query, and as RFC 3986 does.
        encodeURIComponent(secret).replaceAll("'", '%27'),
        encodeURIComponent(secret).replace(/[!'()*]/g, percentCode),
        JSON.stringify(secret).slice(1, -1),
      ]),
  );
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
}

function percentCode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
