/** Why there is no session any more, for the page one lands on. */
import { Note } from '@/app/_ui/note';

const WORDS: Readonly<Record<string, readonly [title: string, says: string]>> = {
  ended: ['Your session was ended', 'By you on another device, or by an administrator. What was open here is closed.'],
  idle: ['Signed out', 'Nothing happened here for a while, so the session ended.'],
  expired: ['Signed out', 'The session reached its longest time. Sign in again to go on.'],
  disabled: ['This account was disabled', 'An administrator of the provider can enable it again.'],
  left: ['No access any more', 'You do not belong to that organisation now, or its rules want you to sign in again.'],
};
const BY_YOURSELF = ['Signed out', 'The session was ended on the server; its cookie is worth nothing now.'] as const;

export function Ended({ how }: { how: string | string[] }) {
  const [title, says] = (typeof how === 'string' && WORDS[how]) || BY_YOURSELF;
  return (
    <Note tone="quiet" title={`${title}.`}>
      {says}
    </Note>
  );
}
