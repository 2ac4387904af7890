import { systemClock } from '@/lib/platform';
import { hostOf, parseReceiver } from './address';
import { type DeliveryView, type LetterView, type StreamView, stopWords } from './schemas';
import type { DeliveryRow, LetterRow, StandingRow, StreamRow } from './store';

/** Rows as they are shown. */

export const streamHost = ({ kind, address }: Pick<StreamRow, 'kind' | 'address'>): string => {
  const receiver = parseReceiver(kind, address);
  return receiver ? hostOf(receiver) : '';
};

export function toView(row: StandingRow, mayChange: boolean): StreamView {
  const now = systemClock.now();
  const { id, kind, personal, state, code, failures, failingSince, lastAt, lastCode, lastStatus, previousUntil } = row;
  const next = Number(row.next);
  return {
    id,
    kind,
    host: streamHost(row),
    address: mayChange ? row.address : null,
    ca: mayChange ? row.ca : null,
    personal,
    state,
    stopped: state === 'paused' && code !== null ? stopWords(code) : null,
    failing: failingSince && {
      since: failingSince.toISOString(),
      count: failures,
      nextTryAt: row.nextTryAt.toISOString(),
    },
    next,
    lagEvents: Math.max(0, Number(row.size ?? 0) - next),
    lagSeconds: row.nextAt && Math.max(0, Math.floor((now - row.nextAt.getTime()) / 1000)),
    last: lastAt && lastCode ? { at: lastAt.toISOString(), code: lastCode, status: lastStatus } : null,
    deadLetters: Number(row.letters),
    previousUntil: previousUntil && previousUntil.getTime() > now ? previousUntil.toISOString() : null,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
  };
}

export const toDelivery = ({
  n,
  at,
  first,
  end,
  verdict,
  status,
  code,
  millis,
  bytes,
  broken,
}: DeliveryRow): DeliveryView => ({
  ...{ n: Number(n), at: at.toISOString(), first: Number(first), end: Number(end) },
  ...{ verdict, status, code, millis, bytes, broken },
});

export const toLetter = ({ first, end, status, code, state, at }: LetterRow): LetterView => ({
  ...{ first: Number(first), end: Number(end), status, code, state, at: at.toISOString() },
});
