/**
 * What sshd says in its own log (LogLevel VERBOSE) of who came in and who did not: evidence from somebody else's program, to be matched with ours.
 * It writes neither process nor connection before a line, so a reason is told by its place before the verdict: with several connections at once,
 * reasons may be another's. Everything else stands in one line.
 */
export interface SshdEntry {
  verdict: 'accepted' | 'refused';
  account: string;
  /** Where the connection came from. */
  port: number;
  /** Fingerprint of the key, certified or plain; null when the account was refused before any key. */
  key: string | null;
  /** Of the certificate; null for a plain key. */
  keyId: string | null;
  serial: bigint | null;
  /** Fingerprint of the authority that signed the certificate; null for a plain key. */
  authority: string | null;
  /** What sshd said before it refused, from the first line on; empty when it said nothing. */
  reason: string;
}

const VERDICT =
  /^(Accepted|Failed) publickey for (?:invalid user )?(\S+) from \S+ port (\d+) ssh2: \S+ (\S+)(?: ID (.*) \(serial (\d+)\) CA \S+ (\S+))?$/;
/** Of accounts that may not be entered at all sshd says nothing until the connection ends. */
const BARRED = /^(?:Connection (?:closed|reset) by|Disconnected from) invalid user (\S+) \S+ port (\d+)$/;
const BEGIN = /^Connection from /;
/** Lines that say why. Others are about the connection. */
const REASONS = [
  /^Certificate invalid: /,
  /^Certificate does not contain an authorized principal/,
  /^cert: Authentication tried for /,
  /^Refused by certificate options/,
  /^AuthorizedPrincipalsCommand .* (?:failed|exited)/,
  /^Authentication key .* revoked by file /,
  /^Error checking authentication key /,
  /^User \S+ .*not allowed because /,
  /^Invalid user /,
  /^ROOT LOGIN REFUSED FROM /,
  /^Account \S+ has expired/,
];
const PREFIX = /^(?:error|fatal): /;

/**
 * The verdicts in their order, one for each key or certificate that was tried: a client goes on from a refused certificate to its plain key.
 * A line `Accepted certificate` is none: sshd writes it before it looks at the account, also for root, whom it then refuses.
 */
export function sshdEntries(lines: readonly string[]): SshdEntry[] {
  const entries: SshdEntry[] = [];
  let reasons: string[] = [];
  for (const raw of lines) {
    const line = raw.replace(/ \[preauth\]$/, '').replace(PREFIX, '');
    if (REASONS.some((reason) => reason.test(line))) reasons.push(line);
    const entry = verdictOf(line) ?? barredBy(line);
    if (entry) entries.push(entry.verdict === 'accepted' ? entry : { ...entry, reason: reasons.join('; ') });
    if (entry || BEGIN.test(line)) reasons = [];
  }
  return entries;
}

function verdictOf(line: string): SshdEntry | null {
  const [, word, account = '', port, key = null, keyId = null, serial, authority = null] = VERDICT.exec(line) ?? [];
  if (word === undefined) return null;
  const verdict = word === 'Accepted' ? 'accepted' : 'refused';
  const number = serial === undefined ? null : BigInt(serial);
  return { verdict, account, port: Number(port), key, keyId, serial: number, authority, reason: '' };
}

function barredBy(line: string): SshdEntry | null {
  const [, account, port] = BARRED.exec(line) ?? [];
  if (account === undefined) return null;
  const nothing = { key: null, keyId: null, serial: null, authority: null, reason: '' };
  return { verdict: 'refused', account, port: Number(port), ...nothing };
}
