import { formatNumber } from '@/app/_ui/format';
import type { GlyphState } from '@/app/_ui/glyph';
import type { StreamKind, StreamView, Verdict } from '@/lib/audit-stream/schemas';

export const KIND_WORDS: Readonly<Record<StreamKind, string>> = { http: 'Signed webhooks', syslog: 'Syslog over TLS' };

export interface StateWords {
  glyph: GlyphState;
  word: string;
  detail?: string;
}

export function stateOf({ state, stopped, failing }: Pick<StreamView, 'state' | 'stopped' | 'failing'>): StateWords {
  if (state === 'paused') return stopped ? { glyph: 'failed', word: 'Stopped' } : { glyph: 'closed', word: 'Paused' };
  if (failing) return { glyph: 'waiting', word: 'Failing', detail: tries(failing.count) };
  return { glyph: 'enforced', word: 'Active' };
}

const tries = (count: number): string => (count === 1 ? '1 try' : `${formatNumber(count)} tries`);

export const VERDICT_WORDS: Readonly<Record<Verdict, StateWords>> = {
  delivered: { glyph: 'verified', word: 'Delivered' },
  retry: { glyph: 'waiting', word: 'Tried again later' },
  refused: { glyph: 'refused', word: 'Refused' },
  dead: { glyph: 'failed', word: 'Dead letter' },
  stopped: { glyph: 'closed', word: 'Stopped' },
};

export const rangeWords = (first: number, end: number): string =>
  end - first === 1 ? `#${formatNumber(first)}` : `#${formatNumber(first)} to #${formatNumber(end - 1)}`;

/** How receivers check a request, in `genuine`. `secret` is as it was shown, `body` the bytes as they came. */
export const VERIFY_NODE = `const [id, at, signatures] = ['id', 'timestamp', 'signature'].map((name) => headers['webhook-' + name]);
const mac = 'v1,' + crypto.createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(id + '.' + at + '.').update(body).digest('base64');
const genuine = Math.abs(Date.now() / 1000 - at) < 300 && signatures.split(' ').some((each) => each.length === mac.length && crypto.timingSafeEqual(Buffer.from(each), Buffer.from(mac)));`;

export const VERIFY_PYTHON = `signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
mac = "v1," + base64.b64encode(hmac.new(base64.b64decode(secret[6:]), signed, hashlib.sha256).digest()).decode()
genuine = abs(time.time() - int(headers["webhook-timestamp"])) < 300 and any(hmac.compare_digest(each, mac) for each in headers["webhook-signature"].split())`;
