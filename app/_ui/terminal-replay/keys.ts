import type { Player } from './player';
import type { ReplayMark } from './types';

const STEP_SECONDS = 5;
/** P goes to the command before this one, unless it began just now. */
const JUST_NOW = 1;

/** Whether a key did something. */
export function pressed(key: string, player: Player, marks: readonly Pick<ReplayMark, 'seconds'>[]): boolean {
  const at = player.snapshot().seconds;
  switch (key) {
    case ' ':
      player.toggle();
      return true;
    case 'ArrowRight':
      void player.go(at + STEP_SECONDS);
      return true;
    case 'ArrowLeft':
      void player.go(at - STEP_SECONDS);
      return true;
    case 'n':
      void player.go(marks.find(({ seconds }) => seconds > at)?.seconds ?? at);
      return true;
    case 'p':
      void player.go(marks.findLast(({ seconds }) => seconds < at - JUST_NOW)?.seconds ?? 0);
      return true;
    case '>':
      player.shift(1);
      return true;
    case '<':
      player.shift(-1);
      return true;
    default:
      return false;
  }
}
