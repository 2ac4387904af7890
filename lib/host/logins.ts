import type { Finding, HostEvent } from '@/lib/uplink/host-events';
import type { Held } from './plan';

/** What sshd says of somebody it let in (LogLevel INFO and above), as other programs may have prefixed it. */
const ACCEPTED =
  /(?:^|sshd(?:-session)?\[\d+\]: )Accepted (\S+) for (\S+) from \S+ port (\d+) ssh2(?:: \S+ \S+(?: ID (.*) \(serial (\d{1,20})\) CA \S+ \S+)?)?$/;

/** But for where it stands in the log. */
type Login = Omit<Extract<HostEvent, { kind: 'host.login' }>, 'log' | 'end'>;

/**
 * Holds a line of sshd's own log against the grants: a login that one of them accounts for, or a finding; null for any other line. A login is of a
 * grant when its account is, and its certificate was issued for the same.
 */
export function loginOf(
  line: string,
  held: readonly Held[],
  at: number,
): Login | { code: Finding; subject: string } | null {
  const [, , account, port, keyId, serial] = ACCEPTED.exec(line) ?? [];
  if (account === undefined) return null;
  const grant = held.find((one) => one.account === account)?.grant;
  const certified = /^grant=(grt_[0-9a-f]{32});/.exec(keyId ?? '')?.[1];
  if (grant === undefined || grant !== certified || serial === undefined)
    return { code: 'login.unknown', subject: account.slice(0, 64) };
  return { kind: 'host.login', at, grant, account, serial, keyId: keyId!, port: Number(port) };
}
