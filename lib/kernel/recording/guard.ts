import { MAX_COLUMNS, MAX_ROWS } from './limits';

/** The part of xterm's parser that the guard uses. */
export interface GuardedParser {
  registerCsiHandler(id: { final: string }, callback: (params: (number | number[])[]) => boolean): unknown;
  registerOscHandler(ident: number, callback: (data: string) => boolean): unknown;
}

/** Sequences that a terminal does as often as their first parameter says, up to 2^31 times, or in that much memory: tabs and repeats. */
const ACROSS = { finals: ['I', 'Z', 'b'], most: MAX_COLUMNS };
/** Inserted, deleted and scrolled lines. */
const DOWN = { finals: ['L', 'M', 'S', 'T'], most: MAX_ROWS };
/** All that xterm acts upon: title, icon, colours, links; clipboard and others for good measure. */
const COMMANDS = [
  0, 1, 2, 4, 5, 7, 8, 9, 10, 11, 12, 13, 17, 19, 22, 52, 99, 104, 105, 110, 111, 112, 133, 633, 777, 1337,
];

/**
 * Makes a terminal fit for hostile output: operating system commands (titles, links, clipboard, colours) do nothing, and no sequence costs
 * more than a screen. To be called before the first write.
 */
export function guardTerminal(parser: GuardedParser): void {
  for (const { finals, most } of [ACROSS, DOWN]) {
    const tooOften = ([first]: (number | number[])[]) => typeof first === 'number' && first > most;
    for (const final of finals) parser.registerCsiHandler({ final }, tooOften);
  }
  for (const ident of COMMANDS) parser.registerOscHandler(ident, () => true);
}
