type Json = Record<string, unknown>;

/** What JSON.parse gives when it is an object. */
export function parseObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Json)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it comes from before 2015: no id or an empty one, the repository under another name, the actor a bare login. */
export function isTimelineEvent(value: Json): boolean {
  return (
    (value.id === undefined || value.id === null || value.id === '') &&
    typeof value.created_at === 'string' &&
    ('repository' in value || 'actor_attributes' in value || typeof value.actor === 'string')
  );
}

/** Whether bronze would take it for an event; the same as bronze.event_id and bronze.event_type decide. */
export function isEvent(value: Json): boolean {
  const hasId = typeof value.id === 'number' || (typeof value.id === 'string' && value.id !== '');
  return typeof value.type === 'string' && value.type !== '' && (hasId || isTimelineEvent(value));
}

/**
 * Whether it is an event beyond doubt. Among the debris of a torn line an issue's author, {id, login, type: "User"}, must
 * not be taken for one.
 */
export function isSurelyEvent(value: Json): boolean {
  return (
    isEvent(value) &&
    /^[A-Z][A-Za-z]*Event$|^Event$/.test(String(value.type)) &&
    'actor' in value &&
    ('repo' in value || 'repository' in value || 'payload' in value)
  );
}
