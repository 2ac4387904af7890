import { type Listener, listen } from '@/lib/db/control';

/** Word of new policy and new frames. What is sent while the connection is broken is lost, so both also run after each (re)connection; a poll covers the rest. */
export const openNotices = (databaseUrl: string, on: { policy: () => void; frames: () => void }): Listener =>
  listen(databaseUrl, ['policy', 'policy_frame'], {
    message: (channel) => (channel === 'policy' ? on.policy() : on.frames()),
    connected: () => {
      on.policy();
      on.frames();
    },
  });
