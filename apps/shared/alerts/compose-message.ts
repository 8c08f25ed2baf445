/** What one channel is to be told of one alert. Times are ISO 8601 in UTC. */
export interface Notice {
  /** new, again (it still stands) or recovered. */
  kind: 'new' | 'again' | 'recovered';
  condition: string;
  subject: string;
  severity: 'fail' | 'warn';
  detail: string;
  since: string;
  recoveredAt: string | null;
}

export interface Message {
  /** Name of the warehouse. */
  warehouse: string;
  sentAt: string;
  notices: readonly Notice[];
  /** How many other alerts stand that the channel knows of already. */
  othersStanding: number;
}

/** Notices of one message that are spelled out; the rest is counted. */
const SPELLED_OUT = 20;
const LONGEST_DETAIL = 400;

export type Severity = 'fail' | 'warn' | 'recovered';

/** The worst of what a message tells; recovered when nothing in it stands. */
export function worstSeverity(notices: readonly Notice[]): Severity {
  const standing = notices.filter(({ kind }) => kind !== 'recovered');
  if (standing.length === 0) return 'recovered';
  return standing.some(({ severity }) => severity === 'fail') ? 'fail' : 'warn';
}

/** One line: the warehouse, the worst severity, and what it is or how many. */
export function composeSubject({ warehouse, notices }: Message): string {
  const worst = worstSeverity(notices);
  const standing = notices.filter(({ kind }) => kind !== 'recovered');
  const told = worst === 'recovered' ? notices : standing;
  const [first] = told;
  const what =
    told.length === 1 && first !== undefined
      ? titleOf(first)
      : `${told.length} alerts${worst === 'recovered' ? ' are over' : ''}`;
  return oneLine(`[${warehouse}] ${labelOf(worst)}: ${what}`, 150);
}

/** The lines of a message: a paragraph per notice, the first line of each with what is wrong where. */
export function composeParagraphs(message: Message): { title: string; lines: string[] }[] {
  const { notices, othersStanding } = message;
  const paragraphs = notices.slice(0, SPELLED_OUT).map((notice) => {
    const since = `since ${minuteOf(notice.since)}`;
    const span =
      notice.recoveredAt === null ? since : `${since}, over at ${minuteOf(notice.recoveredAt)}`;
    const label = notice.kind === 'recovered' ? 'RECOVERED' : labelOf(notice.severity);
    return {
      title: oneLine(
        `${label} ${titleOf(notice)}${notice.kind === 'again' ? ' (still)' : ''}`,
        200,
      ),
      lines: notice.kind === 'recovered' ? [span] : [oneLine(notice.detail, LONGEST_DETAIL), span],
    };
  });
  const unspelled = notices.length - paragraphs.length;
  const rest = [
    ...(unspelled > 0 ? [`and ${unspelled} more, see: npm run alerts -- list`] : []),
    ...(othersStanding > 0
      ? [`Other alerts that stand and were told before: ${othersStanding}.`]
      : []),
  ];
  return rest.length === 0 ? paragraphs : [...paragraphs, { title: rest.join(' '), lines: [] }];
}

/** The whole message as plain text, without its subject. */
export function composeText(message: Message): string {
  return composeParagraphs(message)
    .map(({ title, lines }) => [title, ...lines.map((line) => `  ${line}`)].join('\n'))
    .join('\n\n');
}

function titleOf({ condition, subject }: Notice): string {
  return `${condition}: ${subject}`;
}

function labelOf(severity: Severity): string {
  return severity === 'recovered' ? 'recovered' : severity.toUpperCase();
}

function minuteOf(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
}

/**
 * What came from a database error or from GitHub must not forge lines or headers: control characters, line ends and the
 * marks that turn the direction of writing become spaces.
 */
function oneLine(text: string, longest: number): string {
  const flat = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  const characters = [...flat];
  return characters.length <= longest ? flat : `${characters.slice(0, longest - 1).join('')}…`;
}
