type Unit = readonly [seconds: number, name: string];

const second: Unit = [1, "s"];
const minute: Unit = [60, "m"];
const hour: Unit = [3600, "h"];
const day: Unit = [86_400, "d"];
const year: Unit = [365 * 86_400, "y"];

/** Below how many seconds which units are shown. */
const steps: readonly { below: number; units: readonly Unit[] }[] = [
  { below: 2 * minute[0], units: [second] },
  { below: 10 * minute[0], units: [minute, second] },
  { below: 3 * hour[0], units: [minute] },
  { below: 8 * hour[0], units: [hour, minute] },
  { below: 2 * day[0], units: [hour] },
  { below: 8 * day[0], units: [day, hour] },
  { below: 2 * year[0], units: [day] },
  { below: 8 * year[0], units: [year, day] },
  { below: Number.POSITIVE_INFINITY, units: [year] },
];

/** A duration as kubectl shows ages: the coarser the longer, e.g. `45s`, `3m12s`, `5h`, `4d2h`. */
export function humanDuration(milliseconds: number): string {
  const total = Math.floor(milliseconds / 1000);
  if (total < -1) return "<invalid>";
  let rest = Math.max(0, total);
  const { units } = steps.find(({ below }) => rest < below) ?? { units: [second] };
  let text = "";
  for (const [seconds, name] of units) {
    const count = Math.floor(rest / seconds);
    rest %= seconds;
    if (count > 0 || text === "") text += `${count}${name}`;
  }
  return text;
}

/** How long ago an RFC 3339 time is; `<unknown>` when there is none. */
export function ageOf(time: unknown, now: number): string {
  const then = typeof time === "string" ? Date.parse(time) : Number.NaN;
  return Number.isNaN(then) ? "<unknown>" : humanDuration(now - then);
}
