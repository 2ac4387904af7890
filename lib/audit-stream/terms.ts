import { type Terms, termText } from '@/lib/kernel/act';
import type { CreateStream, StreamKind } from './schemas';

/** What is confirmed when data of the log is to leave, in words. Pure, and without a place of the log, which moves on while somebody confirms. */

/** Who is in what leaves. */
const values = (personal: boolean): string =>
  personal ? 'go along: names, addresses, devices, reasons' : 'stay here: people stand under pseudonyms';
const authority = (ca: string | null): string => (ca === null ? 'the usual authorities' : 'the certificates given');

export interface Going {
  kind: StreamKind;
  address: string;
  ca: string | null;
  personal: boolean;
}

export const createTerms = ({ kind, address, ca, personal }: Going, from: CreateStream['from']): Terms => [
  ['Sent to', shown(address)],
  ['As', kind === 'http' ? 'signed webhooks' : 'syslog over TLS'],
  ['Beginning with', from === 'start' ? 'the first event of the log' : 'the next event of the log'],
  ['Personal values', values(personal)],
  ['Trusted by', authority(ca)],
];

export const changeTerms = (before: Going, after: Going): Terms => [
  ['Sent to before', shown(before.address)],
  ['Sent to after', shown(after.address)],
  ['Personal values', values(after.personal)],
  ['Trusted by', authority(after.ca)],
];

/** A term holds 1024 characters; an address may be longer. */
const SHOWN = 900;
function shown(address: string): string {
  const text = termText(address);
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)} and ${text.length - SHOWN} more characters`;
}
