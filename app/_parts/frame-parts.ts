/** What every area's frame says alike: who is signed in, and how far the policy is enforced. */
import type { Beat, FrameUser } from '@/app/_ui/frame';
import type { beat } from '@/lib/fleet';

/** One or two letters for the round mark of a person. Counts characters, not code units. */
const initialsOf = (name: string): string =>
  name
    .split(/\s+/)
    .map((word) => [...word][0] ?? '')
    .slice(0, 2)
    .join('')
    .toUpperCase();

export const frameUser = ({ name, email }: { name: string; email: string }, role: string): FrameUser => ({
  initials: initialsOf(name),
  name,
  detail: `${email}, ${role}`,
  items: [{ label: 'Your account', href: '/account' }, 'line', { label: 'Sign out', href: '/sign-out' }],
});

/** The same on the account page itself. */
export const accountUser = ({ name, email }: { name: string; email: string }): FrameUser => ({
  initials: initialsOf(name),
  name,
  detail: email,
  items: [{ label: 'Sign out', href: '/sign-out' }],
});

export const frameBeat = ({ enforced, edges, version }: Awaited<ReturnType<typeof beat>>): Beat => ({
  state: enforced === edges ? 'enforced' : 'applied',
  line: `Enforced on ${enforced} of ${edges} edges`,
  sub: `policy ${version.epoch}.${version.seq}`,
});
