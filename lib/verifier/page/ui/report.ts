import { PACK_FAULTS } from '@/lib/kernel/pack';
import { faultyIn } from '../access';
import type { Cosigner, Failure, PackVerdict, ProofVerdict, Verdict } from '../verdict';
import { conditionsOf, number, plural, rangeWords } from '../words';
import { type Child, el, foreign, type Glyph, glyph } from './dom';

/** Whose word it is that a key is the log's. A console that serves this page fills in its own. */
export type KeysFrom = 'you' | 'console' | 'pack';

export interface About {
  fileName: string;
  fileBytes: number;
  /** RFC 3339. */
  checkedAt: string;
  keysFrom: KeysFrom;
  console: string | null;
}

export interface Headline {
  tone: 'success' | 'notice' | 'danger';
  shape: Glyph;
  title: string;
  says: string;
}

/** The verdict in a sentence. Green only when the key is not the sender's. */
export function headlineOf(verdict: Exclude<Verdict, { kind: 'unusable' }>): Headline {
  if (!verdict.ok) return { tone: 'danger', shape: 'failed', title: refusal(verdict), says: afterRefusal(verdict) };
  if (verdict.kind === 'proof') {
    return {
      tone: 'success',
      shape: 'holds',
      title: 'The log holds this event',
      says: `It is entry ${number(verdict.index)} of ${number(verdict.size)}, with exactly these values.`,
    };
  }
  const counted = countWords(verdict);
  const faulty = faultyIn(verdict.access);
  if (faulty > 0) {
    return {
      tone: 'danger',
      shape: 'failed',
      title: 'Approvals in it do not hold',
      says: `${plural(faulty, 'fault')} in what was signed for access to production. The pack is what the log holds: so it stands there.`,
    };
  }
  return verdict.keysFrom === 'pack'
    ? {
        tone: 'notice',
        shape: 'open',
        title: 'It fits together, by its own key only',
        says: `Anybody can make a pack that does. ${counted}`,
      }
    : { tone: 'success', shape: 'holds', title: 'Complete, in order and unaltered', says: counted };
}

function countWords({ manifest, events, stubs }: PackVerdict): string {
  if (Object.keys(manifest.filter).length === 0) return `Every entry of the range is here: ${plural(events, 'event')}.`;
  const met = `${plural(events, 'event')} ${events === 1 ? 'meets the filter and is' : 'meet the filter and are all'} here`;
  return `${met}; ${plural(stubs, 'other entry is', 'other entries are')} shown not to meet it.`;
}

const refusal = ({ code, index }: Failure): string => {
  const at = index === null ? '' : ` at index ${number(index)}`;
  return code === 'unproven' ? 'Not shown to be complete' : `Refused${at}`;
};

function afterRefusal({ code }: Failure): string {
  const why = sentence(PACK_FAULTS[code]);
  return code === 'unproven'
    ? `${why} Every event that is here is in the log as it stands.`
    : `${why} Rely on nothing of this file. The check ends at the first failure; there may be more.`;
}

const sentence = (words: string): string => `${words[0]!.toUpperCase()}${words.slice(1)}.`;

/** Loud, above everything else that is said of a file that verifies. */
export function keyNote(about: About, vkeys: readonly string[]): HTMLElement | null {
  if (about.keysFrom === 'you') return null;
  const shown = vkeys.map((vkey) => el('p', {}, foreign(vkey)));
  return about.keysFrom === 'pack'
    ? note(
        'danger',
        'The key is the pack’s own.',
        'You brought no key, so the one that came with the pack was believed. Whoever forges a pack brings a key along. Get the log’s verifier key from somebody else than the sender, put it in the field, and check again. The pack’s key is',
        ...shown,
      )
    : note(
        'accent',
        `The key is the word of ${about.console ?? 'this console'}.`,
        'That is enough to find what was altered since. It is not enough against whoever runs this console: compare the key with one that you got another way.',
        ...shown,
      );
}

const note = (tone: string, title: string, says: string, ...more: Child[]): HTMLElement =>
  el('div', { class: `note ${tone}`, role: 'note' }, el('p', {}, el('strong', {}, title), ` ${says}`), ...more);

const facts = (rows: [term: string, ...value: Child[]][]): HTMLElement =>
  el(
    'dl',
    { class: 'facts' },
    ...rows.map(([term, ...value]) => el('div', {}, el('dt', {}, term), el('dd', {}, ...value))),
  );

const fileFacts = ({ fileName, fileBytes, checkedAt }: About): [string, ...Child[]][] => [
  ['File', foreign(fileName), ` ${plural(fileBytes, 'byte')}`],
  ['Checked', `${checkedAt}, by the clock of this browser`],
];

export const failureFacts = (verdict: Failure, about: About): HTMLElement =>
  facts([
    ...(verdict.file === null
      ? []
      : ([['Where', foreign(verdict.file), verdict.line === null ? '' : ` line ${number(verdict.line)}`]] as [
          string,
          ...Child[],
        ][])),
    ['Detail', sentence(verdict.detail)],
    ...fileFacts(about),
  ]);

const KEYS_FROM: Record<KeysFrom, string> = {
  you: 'brought by you',
  console: 'given by this console',
  pack: 'the pack’s own',
};

export function packFacts(verdict: PackVerdict, about: About): HTMLElement {
  const { manifest, times, knownHead, operatorIndex, witnessed } = verdict;
  const conditions = conditionsOf(manifest.filter);
  return facts([
    ['Log', foreign(manifest.origin)],
    ['Entries', rangeWords(manifest)],
    [
      'Filter',
      ...(conditions.length === 0
        ? ['none: every entry is an event here']
        : conditions.map(({ name, values, more }, i) =>
            el(
              'p',
              {},
              `${i > 0 ? 'and ' : ''}${name}: `,
              ...values.flatMap((value, j) => [j > 0 ? (name === 'time' ? ' and ' : ' or ') : '', foreign(value)]),
              more > 0 && ` or ${number(more)} more`,
            ),
          )),
    ],
    ['Counts', `${plural(verdict.events, 'event')}, ${plural(verdict.stubs, 'stub')}`],
    ...(times ? ([['Times', foreign(times.first), ' to ', foreign(times.last)]] as [string, ...Child[]][]) : []),
    ['Checkpoint', `${plural(manifest.checkpoint.size, 'entry', 'entries')}, root `, foreign(manifest.checkpoint.root)],
    ...verdict.vkeys.map((vkey): [string, ...Child[]] => ['Key', foreign(vkey), ` ${KEYS_FROM[about.keysFrom]}`]),
    [
      'Known checkpoint',
      knownHead
        ? `${plural(knownHead.size, 'entry', 'entries')}; ${knownHead.grown ? 'the log only grew since' : 'still the same'}`
        : 'none brought. Keep the pack’s file “checkpoint” for the next time.',
    ],
    [
      'Operator’s log',
      operatorIndex === null
        ? 'no proof in the pack that it holds this checkpoint'
        : `holds this checkpoint as its entry ${number(operatorIndex)}`,
    ],
    ...cosignedBy(verdict.cosigners, about),
    ...(witnessed
      ? ([
          ['Witnesses', `the policy is met on ${witnessed === 'operator' ? 'the operator’s log' : 'the checkpoint'}`],
        ] as [string, string][])
      : []),
    ['Only said', `made at ${manifest.createdAt} by `, foreign(manifest.software), ': nothing proves this line'],
    ...fileFacts(about),
  ]);
}

/** A pack that brings the log's key can bring that of any witness. */
const cosignedBy = (cosigners: readonly Cosigner[], { keysFrom }: About): [string, ...Child[]][] =>
  cosigners.map(({ name, at, of }) => [
    'Cosigned',
    `${of === 'operator' ? 'the operator’s log' : 'the checkpoint'}, by `,
    foreign(name),
    `${at === null ? '' : ` at ${at}`}${keysFrom === 'pack' ? ', by a key of the pack’s own' : ''}`,
  ]);

export function proofFacts(verdict: ProofVerdict, about: About): HTMLElement {
  return facts([
    ['Log', foreign(verdict.origin)],
    ['Entry', `${number(verdict.index)} of ${number(verdict.size)}`],
    ['Key', KEYS_FROM[about.keysFrom]],
    ...cosignedBy(verdict.cosigners, about),
    ...(verdict.witnessed ? ([['Witnesses', 'the policy is met']] as [string, string][]) : []),
    ...fileFacts(about),
  ]);
}

export const proofValues = ({ fields }: ProofVerdict): HTMLElement =>
  el(
    'section',
    { class: 'rows', 'aria-labelledby': 'rows-title' },
    el('h2', { id: 'rows-title' }, 'What the event says'),
    facts(fields.map(([name, value]) => [name, foreign(value)])),
  );

export function headline({ tone, shape, title, says }: Headline, code: string | null): HTMLElement {
  return el(
    'div',
    { class: `headline ${tone}` },
    glyph(shape, 28),
    el('div', {}, el('h2', { id: 'verdict', tabindex: '-1' }, title), el('p', {}, says)),
    code !== null && el('span', { class: 'code' }, code),
  );
}
