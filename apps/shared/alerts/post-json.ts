/**
 * Posts JSON and expects a 2xx answer. Redirects are not followed: they would carry the message, and the token with it,
 * to where nobody sent it.
 *
 * @throws with what was answered. The URL is not in the message: whoever has it can write to it.
 */
export async function postJson(
  url: string,
  body: unknown,
  signal: AbortSignal,
  token?: string,
): Promise<void> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'assay',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
      signal,
    });
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw new Error('the server cannot be reached', { cause });
  }
  if (response.ok) {
    await response.body?.cancel();
    return;
  }
  if (response.status >= 300 && response.status < 400) {
    await response.body?.cancel();
    throw new Error(
      `the server answered ${response.status}, a redirect, which is not followed; set the URL it leads to`,
    );
  }
  throw new Error(`the server answered ${response.status}: ${await beginningOf(response, signal)}`);
}

/** A server may answer without end. */
async function beginningOf(response: Response, signal: AbortSignal): Promise<string> {
  let text = '';
  try {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length >= 200 || signal.aborted) break;
    }
  } catch {
    // The status says what matters.
  }
  return text.replace(/\s+/g, ' ').slice(0, 200) || 'nothing more';
}
