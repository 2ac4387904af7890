/** From one minute to another, UTC. A plain form: it works without JavaScript, and the range is in the URL. */
import { Button } from '@/app/_ui/button';
import { Input } from '@/app/_ui/input';
import type { Params } from '@/app/_ui/query';
import styles from './day-range.module.css';

export interface DayRangeProps {
  path: string;
  params: Params;
  /** `2026-11-22` or `2026-11-22T09:30`; the second is not part of the range. */
  from?: string;
  to?: string;
}

const OWN = ['from', 'to', 'cursor', 'row'];

const minute = (text: string | undefined) => (text?.length === 10 ? `${text}T00:00` : text);

export function DayRange({ path, params, from, to }: DayRangeProps) {
  return (
    <form action={path} className={styles.range} aria-label="Time, UTC">
      {Object.entries(params).map(([name, value]) =>
        typeof value === 'string' && !OWN.includes(name) ? (
          <input key={name} type="hidden" name={name} value={value} />
        ) : null,
      )}
      <Input
        key={`from${from}`}
        small
        type="datetime-local"
        name="from"
        aria-label="From this time on, UTC"
        defaultValue={minute(from)}
      />
      <span className="quiet small">to before</span>
      <Input
        key={`to${to}`}
        small
        type="datetime-local"
        name="to"
        aria-label="To before this time, UTC"
        defaultValue={minute(to)}
      />
      <Button type="submit" size="sm">
        Show
      </Button>
    </form>
  );
}
