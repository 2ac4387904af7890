import { formatNumber } from '@/app/_ui/format';
import type { StepItem } from '@/app/_ui/steps';
import type { CertificateView } from '@/lib/projects/schemas';

/**
 * Where changing a certificate stands, read from the certificates themselves: nobody has to say that a rotation began.
 * The newer of two is the one being changed to.
 */
type Seen = Pick<CertificateView, 'status' | 'createdAt' | 'fingerprint'> & { joinsLastDay: number };
const TITLES = ['Add', 'Both valid', 'Switch', 'Drain', 'Retire'] as const;

export function rotationSteps(held: readonly Seen[]): StepItem[] {
  const [older, newer] = [...held].sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  if (!older || !newer) return steps(-1, ['makes a second one, shown once']);
  const added = `${newer.fingerprint} made`;
  if (newer.status === 'disabled') return steps(1, [added, `enable ${newer.fingerprint}`]);
  if (older.status === 'disabled') {
    return steps(4, [
      added,
      'done',
      `${joins(newer)} by the new one`,
      'the old one is disabled',
      `delete ${older.fingerprint} once nobody misses it`,
    ]);
  }
  if (newer.joinsLastDay === 0)
    return steps(2, [added, 'tokens of both admit', `let your servers sign with ${newer.fingerprint}`]);
  if (older.joinsLastDay > 0)
    return steps(3, [
      added,
      'tokens of both admit',
      `${joins(newer)} by the new one`,
      `${joins(older)} still by the old one`,
    ]);
  return steps(4, [
    added,
    'tokens of both admit',
    `${joins(newer)} by the new one`,
    'no join by the old one in 24 h',
    `disable ${older.fingerprint}`,
  ]);
}

const joins = ({ joinsLastDay: n }: Seen) => `${formatNumber(n)} ${n === 1 ? 'join' : 'joins'}`;

const steps = (now: number, notes: readonly string[]): StepItem[] =>
  TITLES.map((title, i) => ({ title, note: notes[i], state: i < now ? 'done' : i === now ? 'now' : 'todo' }));
