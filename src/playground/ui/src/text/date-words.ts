/** Slack's `<!date^…>` formats in words. Both times are milliseconds since 1970; the zone and language are the reader's. */
export function dateWords(format: string, milliseconds: number, now: number): string {
  const date = new Date(milliseconds);
  const day = (options: Intl.DateTimeFormatOptions): string => date.toLocaleDateString(undefined, options);
  const words: Record<string, () => string> = {
    date_num: () => day({ year: 'numeric', month: '2-digit', day: '2-digit' }),
    date: () => day({ year: 'numeric', month: 'long', day: 'numeric' }),
    date_short: () => day({ year: 'numeric', month: 'short', day: 'numeric' }),
    date_long: () => day({ weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' }),
    time: () => date.toLocaleTimeString(undefined, { hour: 'numeric', minute: '2-digit' }),
    time_secs: () => date.toLocaleTimeString(undefined, { hour: 'numeric', minute: '2-digit', second: '2-digit' }),
    ago: () => relative(milliseconds, now),
  };
  return format.replaceAll(/\{(\w+?)(_pretty)?\}/g, (all, name: string, pretty: string | undefined) => {
    const near = pretty === undefined ? undefined : nearDay(date, now);
    return near ?? words[name]?.() ?? all;
  });
}

function nearDay(date: Date, now: number): string | undefined {
  const day = 86_400_000;
  const names: [number, string][] = [
    [0, 'today'],
    [day, 'tomorrow'],
    [-day, 'yesterday'],
  ];
  return names.find(([shift]) => new Date(now + shift).toDateString() === date.toDateString())?.[1];
}

function relative(milliseconds: number, now: number): string {
  const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  const minutes = Math.round((milliseconds - now) / 60_000);
  if (Math.abs(minutes) < 60) return words.format(minutes, 'minute');
  if (Math.abs(minutes) < 48 * 60) return words.format(Math.round(minutes / 60), 'hour');
  return words.format(Math.round(minutes / 1440), 'day');
}
