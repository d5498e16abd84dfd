/** A value of Slack's as the browser's field of that type wants it: date-times in the reader's own zone. */
export function toField(type: string, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (type !== 'datetime-local') return String(value);
  const date = new Date(Number(value) * 1000);
  if (Number.isNaN(date.getTime())) return '';
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** And back: seconds since 1970 for a date-time, everything else as it was typed. */
export function fromField(type: string, text: string): string | number {
  return type === 'datetime-local' ? Math.floor(new Date(text).getTime() / 1000) : text;
}
