import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';

/**
 * How many guesses a password would take an attacker who tries the common ones first: zxcvbn over its list of 49,000 leaked passwords, keyboard
 * rows, dates, repeats, and the words around the account. The server refuses by it and the meter in the browser shows it, so both
 * say the same. Safe for browsers; heavy, so load it when it is needed.
 */
const PHRASES = [
  'thequickbrownfox',
  'thequickbrownfoxjumpsoverthelazydog',
  'correcthorsebatterystaple',
  'maytheforcebewithyou',
];
const OWN_WORDS = ['cordon', 'console', 'provider'];

/** Powers of ten. Below the first a password is refused: 300 million guesses are what a list and its usual changes come to. */
const LEVELS = [8.5, 10.5, 13] as const;
/** Longer ones are judged by their two ends, because the time this takes grows faster than the text. */
const JUDGED_CHARACTERS = 64;

const zxcvbn = new ZxcvbnFactory({
  dictionary: { ...dictionary, 'phrases-cordon': [...PHRASES, ...OWN_WORDS] },
  graphs: adjacencyGraphs,
  // A hundred by default: five times the work for the same answers.
  l33tMaxSubstitutions: 20,
});

export type Strength = 'guessed' | 'fair' | 'good' | 'strong';

/** `around`: address, name and organisation of whoever will use it; their parts count as words an attacker tries first. */
export function strengthOf(password: string, around: readonly string[]): Strength {
  const text = password.normalize('NFKC');
  const words = wordsOf(around);
  const power =
    text.length <= JUDGED_CHARACTERS
      ? powerOf(text, words)
      : Math.max(powerOf(text.slice(0, JUDGED_CHARACTERS), words), powerOf(text.slice(-JUDGED_CHARACTERS), words));
  if (power < LEVELS[0]) return 'guessed';
  if (power < LEVELS[1]) return 'fair';
  return power < LEVELS[2] ? 'good' : 'strong';
}

const powerOf = (text: string, words: readonly string[]): number => {
  const bare = text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  // A famous phrase is one guess, with or without the spaces.
  if (PHRASES.includes(bare)) return 0;
  return zxcvbn.check(text, [...words]).guessesLog10;
};

function wordsOf(around: readonly string[]): string[] {
  const words = around.flatMap((text) => [text.trim(), ...text.split(/[^\p{L}\p{N}]+/u)]);
  return [...new Set(words.filter((word) => word.length >= 3).map((word) => word.toLowerCase()))];
}
