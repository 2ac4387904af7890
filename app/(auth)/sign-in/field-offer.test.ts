import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { giveUp, offersInFields, type Signed, sign } from '../_parts/passkey';
import { FRESH_MS, fieldOffer } from './field-offer';

vi.mock('../_parts/passkey', () => ({ offersInFields: vi.fn(), sign: vi.fn(), giveUp: vi.fn() }));

/** The browser's side: at most one request is open, and giving up rejects it. */
let open: { resolve: (signed: Signed) => void; reject: (error: Error) => void } | null;
let made: number;
const challenge = async () => {
  made++;
  return { statement: `statement ${made}` } as never;
};
const signed = { statement: 'signed' } as Signed;
const settled = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', {
    visibilityState: 'visible',
    addEventListener: () => {},
    removeEventListener: () => {},
  });
  open = null;
  made = 0;
  vi.mocked(offersInFields).mockResolvedValue(true);
  vi.mocked(sign).mockImplementation(
    () =>
      new Promise((resolve, reject) => {
        open = { resolve, reject };
      }),
  );
  vi.mocked(giveUp).mockImplementation(async () => {
    open?.reject(new Error('given up'));
    open = null;
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('gives what was chosen from the list', async () => {
  const give = vi.fn();
  void fieldOffer(challenge, give).start();
  await settled();
  open?.resolve(signed);
  await settled();
  expect(give.mock.calls).toEqual([[signed]]);
});

it('offers nothing where the browser cannot', async () => {
  vi.mocked(offersInFields).mockResolvedValue(false);
  await fieldOffer(challenge, vi.fn()).start();
  expect([made, open]).toEqual([0, null]);
});

it('is not offered again once the person was asked otherwise and gave up', async () => {
  void fieldOffer(challenge, vi.fn()).start();
  await settled();
  open?.reject(new Error('another request took its place'));
  await settled();
  expect(made).toBe(1);
});

it('takes the offer back when it is stopped, and one that had not come yet', async () => {
  const give = vi.fn();
  const offer = fieldOffer(challenge, give);
  void offer.start();
  await settled();
  await offer.stop();
  expect(open).toBeNull();

  void offer.start();
  void offer.stop();
  await settled();
  expect(open).toBeNull();
  expect(give).not.toHaveBeenCalled();
});

it('held back, it does not come in the way of what follows', async () => {
  const offer = fieldOffer(challenge, vi.fn());
  void offer.start();
  offer.hold();
  await settled();
  expect(open).toBeNull();
});

it('exchanges a challenge that grows old', async () => {
  void fieldOffer(challenge, vi.fn()).start();
  await settled();
  await vi.advanceTimersByTimeAsync(FRESH_MS);
  expect(made).toBe(2);
  expect(open).not.toBeNull();
});
