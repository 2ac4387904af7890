import type { LockKind } from '@/lib/grants/schemas';

export const KIND_WORDS: Readonly<Record<LockKind, string>> = {
  user: 'An employee',
  target: 'A target',
  project: 'A project',
  device: 'A passkey',
  everything: 'Everything',
};
