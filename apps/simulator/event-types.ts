// The documented event types with their share of the public feed, in tenths of a percent.
import type { Random } from './random.ts';

const weights = {
  PushEvent: 610,
  CreateEvent: 120,
  PullRequestEvent: 62,
  WatchEvent: 60,
  IssueCommentEvent: 45,
  DeleteEvent: 30,
  IssuesEvent: 18,
  PullRequestReviewEvent: 14,
  ForkEvent: 13,
  PullRequestReviewCommentEvent: 9,
  ReleaseEvent: 8,
  MemberEvent: 3,
  PublicEvent: 3,
  CommitCommentEvent: 2,
  GollumEvent: 2,
  DiscussionEvent: 1,
} as const;

export type EventType = keyof typeof weights;

export const eventTypes = Object.keys(weights) as EventType[];

const drawTable = eventTypes.flatMap((type) => Array<EventType>(weights[type]).fill(type));

/** Draws a type with its weight, using one number. */
export function drawType(random: Random): EventType {
  return drawTable[Math.floor(random() * drawTable.length)] as EventType;
}

/** Whether GitHub numbers the type in the sequence of pushes, apart from all others. */
export function isCodeEvent(type: EventType): boolean {
  return type === 'PushEvent' || type === 'CreateEvent' || type === 'DeleteEvent';
}
