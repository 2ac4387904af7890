/** Seconds as a player shows them: `06:48`, from an hour on `1:06:48`. */
export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
}

const STEPS = [1, 5, 10, 30, 60, 180, 300, 600, 1_800, 3_600, 7_200, 14_400];

/** Even seconds for the ticks of a time line, four or so, and none beside its end or that reads as its end does. */
export function ticksOf(seconds: number): number[] {
  const step = STEPS.find((each) => seconds / each <= 5) ?? 14_400;
  const end = Math.min(seconds - 0.4 * step, Math.floor(seconds));
  const ticks: number[] = [];
  for (let at = 0; at < end; at += step) ticks.push(at);
  return ticks;
}

export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly idle: boolean;
  readonly done: boolean;
}

/** The time line in pieces: played and not, busy and idle. Idle stretches are in order and apart. */
export function stretchesOf(
  seconds: number,
  at: number,
  idle: readonly { readonly from: number; readonly to: number }[],
): Stretch[] {
  const cuts = [...new Set([0, seconds, at, ...idle.flatMap(({ from, to }) => [from, to])])]
    .filter((cut) => cut >= 0 && cut <= seconds)
    .sort((a, b) => a - b);
  return cuts.slice(1).map((to, i) => {
    const from = cuts[i]!;
    return { from, to, done: to <= at, idle: idle.some((each) => each.from <= from && to <= each.to) };
  });
}
