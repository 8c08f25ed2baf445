import { describe, expect, test } from 'vitest';
import { composeJson, composeSlack } from '../../apps/shared/alerts/channels.ts';
import { composeSubject, composeText } from '../../apps/shared/alerts/compose-message.ts';
import { makeMessage, makeNotice } from './support.ts';

const recovered = makeNotice({
  kind: 'recovered',
  condition: 'run_failed',
  subject: 'silver',
  recoveredAt: '2026-03-02T13:55:00Z',
});
const warning = makeNotice({ condition: 'token_refused', subject: 'T', severity: 'warn' });

describe('the subject', () => {
  test.each([
    [[makeNotice()], '[assay] FAIL: gold_is_stale: gold'],
    [[warning], '[assay] WARN: token_refused: T'],
    [[warning, makeNotice()], '[assay] FAIL: 2 alerts'],
    [[warning, recovered], '[assay] WARN: token_refused: T'],
    [[recovered], '[assay] recovered: run_failed: silver'],
    [[recovered, recovered], '[assay] recovered: 2 alerts are over'],
  ])('says the warehouse and the worst: %#', (notices, subject) => {
    expect(composeSubject(makeMessage(...notices))).toBe(subject);
  });
});

test('the text', () => {
  const message = makeMessage(makeNotice(), { ...warning, kind: 'again' }, recovered);
  expect(composeText({ ...message, othersStanding: 3 })).toBe(
    `FAIL gold_is_stale: gold
  Gold was last filled at 2026-03-01 12:00 UTC.
  since 2026-03-01 12:00 UTC

WARN token_refused: T (still)
  Gold was last filled at 2026-03-01 12:00 UTC.
  since 2026-03-01 12:00 UTC

RECOVERED run_failed: silver
  since 2026-03-01 12:00 UTC, over at 2026-03-02 13:55 UTC

Other alerts that stand and were told before: 3.`,
  );
});

test('a message of very many alerts stays short', () => {
  const notices = Array.from({ length: 500 }, (_, index) =>
    makeNotice({ subject: `s${index}`, detail: 'x'.repeat(5000) }),
  );
  const text = composeText(makeMessage(...notices));
  expect(text).toContain('and 480 more');
  expect(text.length).toBeLessThan(12_000);
});

describe('what came from elsewhere forges nothing', () => {
  const hostile = makeNotice({
    subject: '<!channel>\r\nBcc: eve@example.org',
    detail: 'a\u2028b\u202ec\0d <http://evil.example|click> & "x"\n\nFAIL made_up · alert',
  });

  test('in a subject', () => {
    expect(composeSubject(makeMessage(hostile))).toBe(
      '[assay] FAIL: gold_is_stale: <!channel> Bcc: eve@example.org',
    );
  });

  test('in Slack: no mention, no link, no line of its own', () => {
    expect(composeSlack(makeMessage(hostile)).text).toBe(
      `*[assay] FAIL: gold_is_stale: &lt;!channel&gt; Bcc: eve@example.org*
FAIL gold_is_stale: &lt;!channel&gt; Bcc: eve@example.org
> a b c d &lt;http://evil.example|click&gt; &amp; "x" FAIL made_up · alert
> since 2026-03-01 12:00 UTC`,
    );
  });

  test('a program gets it as it was', () => {
    expect(composeJson(makeMessage(hostile)).alerts).toEqual([
      {
        kind: 'new',
        condition: 'gold_is_stale',
        subject: hostile.subject,
        severity: 'fail',
        detail: hostile.detail,
        since: '2026-03-01T12:00:00Z',
        recovered_at: null,
      },
    ]);
  });
});
