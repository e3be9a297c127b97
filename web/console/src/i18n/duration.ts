const units = [["hour", 3600], ["minute", 60], ["second", 1]] as const;

/** Returns a duration as text, such as "15 minutes" for 891 seconds: rounded up to whole minutes above a minute. */
export function durationOf(seconds: number, language: string): string {
  let rest = seconds > 60 ? Math.ceil(seconds / 60) * 60 : Math.max(Math.ceil(seconds), 1);
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) {
      parts.push(new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(count));
    }
  }
  return new Intl.ListFormat(language, { type: "unit", style: "long" }).format(parts);
}

/** Returns the seconds of a scalar Duration of the schema, such as "1h30m0s". */
export function secondsOf(duration: string): number {
  const sizes: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 0.001 };
  let seconds = 0;
  for (const [, count, unit] of duration.matchAll(/([\d.]+)(h|ms|m|s)/g)) {
    seconds += Number(count) * sizes[unit!]!;
  }
  return seconds;
}
