/** Screen records of production access, as people search and see them. The server's only door. */
import 'server-only';

export type { TextEntry } from './entries';
export { type IdleStretch, IdleStretches } from './idle';
export { SCREEN_TEXT_LIMITS, type ScreenTextLimits } from './limits';
export { type ScreenText, screenText } from './screen-text';
