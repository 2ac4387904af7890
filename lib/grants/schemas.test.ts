import { describe, expect, it } from 'vitest';
import { newId } from '@/lib/platform';
import { openForm } from './schemas';

describe('the form of a session', () => {
  const asked = { session: newId('ssn'), request: newId('grt'), target: 'host:db-1' };
  const read = (fields: object) => openForm.safeParse({ ...asked, ...fields });

  it('is for the way that was chosen: no key for the web terminal, and none without one', () => {
    expect(read({ through: 'key', publicKey: ' ssh-ed25519 AAAA ' }).data).toEqual({
      ...asked,
      ...{ publicKey: 'ssh-ed25519 AAAA', channel: '' },
    });
    expect(read({ through: 'web terminal' }).data).toEqual({ ...asked, publicKey: '', channel: '' });
    const unasked = { publicKey: 'ssh-ed25519 AAAA', channel: 'room' };
    expect(read({ through: 'web terminal', ...unasked }).data).toEqual({ ...asked, publicKey: '', channel: '' });
    expect(read({ through: 'media-plane', ...unasked }).data).toEqual({ ...asked, publicKey: '', channel: 'room' });
    expect(read({ through: 'media-plane' }).error?.issues).toMatchObject([{ path: ['channel'] }]);
    for (const publicKey of [undefined, '', '  '])
      expect(read({ through: 'key', publicKey }).error?.issues).toMatchObject([{ path: ['publicKey'] }]);
    for (const through of [undefined, '', 'telnet']) expect(read({ through }).success).toBe(false);
  });
});
