import { utf8Length } from '../encoding';
import { COSIGNATURE, ED25519, type NoteKey, parseVkey, type VerifiedSignature } from '../log';
import { sameBytes } from './bytes';
import type { PackHost } from './host';
import { MAX_POLICY_BYTES, MAX_POLICY_NAMES } from './limits';

/**
 * Whose cosignatures a verifier asks for (C2SP tlog-policy). Narrower than the specification: keys of other kinds than Ed25519 logs and
 * `cosignature/v1` witnesses are refused. Who reads it from a file refuses what is not UTF-8.
 */
export interface WitnessPolicy {
  readonly logs: readonly NoteKey[];
  readonly witnesses: readonly NoteKey[];
  /** The witnesses again, with what the policy calls them and where they are asked; null where it does not say. */
  readonly endpoints: readonly WitnessEndpoint[];
  readonly quorum: Quorum;
}

export interface WitnessEndpoint {
  readonly name: string;
  readonly key: NoteKey;
  readonly url: string | null;
}

type Quorum = { readonly key: NoteKey } | { readonly least: number; readonly of: readonly Quorum[] };

const NONE: Quorum = { least: 0, of: [] };

/** The policy, or which line (from 1) is wrong. */
export function parsePolicy(host: Pick<PackHost, 'sha256'>, text: string): WitnessPolicy | { line: number } {
  const logs: NoteKey[] = [];
  const witnesses: NoteKey[] = [];
  const endpoints: WitnessEndpoint[] = [];
  const names = new Map<string, Quorum>();
  const members = new Set<string>();
  let quorum: Quorum | undefined;
  const bytes = text.length > MAX_POLICY_BYTES ? -1 : utf8Length(text);
  const lines = bytes < 0 || bytes > MAX_POLICY_BYTES ? [] : text.split('\n');
  for (const [i, line] of lines.entries()) {
    const [word, ...items] = line.split(/[ \t]+/).filter((item) => item !== '');
    if (hasControls(line)) return { line: i + 1 };
    if (word === undefined || word.startsWith('#')) continue;
    const good =
      word === 'log'
        ? addKey(host, logs, items, ED25519)
        : word === 'witness'
          ? addWitness(items)
          : word === 'group'
            ? addGroup(items)
            : word === 'quorum' && addQuorum(items);
    if (!good) return { line: i + 1 };
  }
  return quorum ? { logs, witnesses, endpoints, quorum } : { line: lines.length };

  function addWitness([name, ...rest]: string[]): boolean {
    if (!isNew(name) || !addKey(host, witnesses, rest, COSIGNATURE)) return false;
    const key = witnesses.at(-1)!;
    names.set(name, { key });
    endpoints.push({ name, key, url: rest[1] ?? null });
    return true;
  }
  function addGroup([name, threshold = '', ...of]: string[]): boolean {
    const known = of.every((member) => names.has(member) && !members.has(member)) && new Set(of).size === of.length;
    const least = threshold === 'all' ? of.length : threshold === 'any' ? 1 : leastOf(threshold);
    if (!isNew(name) || !known || least < 1 || least > of.length) return false;
    for (const member of of) members.add(member);
    names.set(name, { least, of: of.map((member) => names.get(member)!) });
    return true;
  }
  function addQuorum([name = '', ...rest]: string[]): boolean {
    if (quorum || rest.length > 0) return false;
    quorum = name === 'none' ? NONE : names.get(name);
    return quorum !== undefined;
  }
  function isNew(name: string | undefined): name is string {
    return name !== undefined && name !== 'none' && !names.has(name) && names.size < MAX_POLICY_NAMES;
  }
}

/** Whether these cosigners make up the quorum. */
export function isWitnessed(
  { quorum }: Pick<WitnessPolicy, 'quorum'>,
  cosigners: readonly Pick<VerifiedSignature, 'key'>[],
): boolean {
  const has = (wanted: Quorum): boolean =>
    'key' in wanted
      ? cosigners.some(({ key }) => key.algorithm === COSIGNATURE && sameBytes(key.publicKey, wanted.key.publicKey))
      : wanted.of.filter(has).length >= wanted.least;
  return has(quorum);
}

/** `<vkey> [<url>]`. No key twice. */
function addKey(
  host: Pick<PackHost, 'sha256'>,
  keys: NoteKey[],
  [vkey = '', , ...rest]: string[],
  algorithm: NoteKey['algorithm'],
): boolean {
  const key = parseVkey(host, vkey);
  if (key?.algorithm !== algorithm || rest.length > 0) return false;
  if (keys.some(({ publicKey }) => sameBytes(publicKey, key.publicKey))) return false;
  keys.push(key);
  return true;
}

const leastOf = (text: string): number => (/^[1-9][0-9]{0,5}$/.test(text) ? Number(text) : 0);

function hasControls(line: string): boolean {
  for (let i = 0; i < line.length; i++) {
    const code = line.charCodeAt(i);
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) return true;
  }
  return false;
}
