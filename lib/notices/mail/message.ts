import { deviceOf, isKnownDevice } from '../device';
import { noticeErrors } from '../errors';
import { isNoticeKind, NOTICES } from '../kinds';

/** A notice as the queue hands it out. */
export interface QueuedNotice {
  readonly id: string;
  readonly email: string;
  readonly realm: 'customer' | 'staff';
  readonly kind: string;
  readonly at: Date;
  readonly addressPrefix: string;
  readonly userAgent: string;
}

export interface Message {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The same for every try, so that a mailbox can tell a second one. Without angle brackets. */
  readonly messageId?: string;
}

/**
 * The mail of a notice, in fixed words: what, when, and from where as far as that is a word or a network. It holds no name anybody
 * chose, no secret, and one link without a token. Throws `notice.kind` for one that this version does not know.
 */
export function composeNotice(notice: QueuedNotice, { origin, domain }: { origin: string; domain: string }): Message {
  if (!isNoticeKind(notice.kind)) throw noticeErrors('notice.kind', { internal: notice.kind });
  const { title, says, own } = NOTICES[notice.kind];
  const place = [
    ['When', `${notice.at.toISOString().slice(0, 16).replace('T', ' ')} UTC`],
    ...(isKnownDevice(notice.userAgent) ? [['Device', deviceOf(notice.userAgent)]] : []),
    ...(/^[0-9a-f.:]+\/\d+$/.test(notice.addressPrefix) ? [['Network', notice.addressPrefix]] : []),
  ].map(([name = '', value = '']) => `${name.padEnd(9)}${value}`);
  const next = own
    ? ['If this was you, there is nothing to do. If it was not, act now:', `${origin}/account/not-me`]
    : ['Your account says more:', `${origin}/account`];
  return {
    to: notice.email,
    subject: `Cordon: ${title}`,
    text: [
      says,
      '',
      ...place,
      '',
      ...next,
      '',
      'Cordon never asks for a password or a code by mail. You get this because the address belongs to the account; it cannot be turned off.',
      '',
    ].join('\n'),
    messageId: `${notice.id}@${domain}`,
  };
}
