/** From one day to another, UTC. A plain form: it works without JavaScript, and the range is in the URL. */
import { Button } from '@/app/_ui/button';
import { Input } from '@/app/_ui/input';
import type { Params } from '@/app/_ui/query';
import styles from './day-range.module.css';

export interface DayRangeProps {
  path: string;
  params: Params;
  /** ISO dates; the second day is not part of the range. */
  from?: string;
  to?: string;
}

const OWN = ['from', 'to', 'cursor', 'row'];

export function DayRange({ path, params, from, to }: DayRangeProps) {
  return (
    <form action={path} className={styles.range} aria-label="Days, UTC">
      {Object.entries(params).map(([name, value]) =>
        typeof value === 'string' && !OWN.includes(name) ? (
          <input key={name} type="hidden" name={name} value={value} />
        ) : null,
      )}
      <Input key={`from${from}`} small type="date" name="from" aria-label="From this day, UTC" defaultValue={from} />
      <span className="quiet small">to before</span>
      <Input key={`to${to}`} small type="date" name="to" aria-label="To before this day, UTC" defaultValue={to} />
      <Button type="submit" size="sm">
        Show
      </Button>
    </form>
  );
}
