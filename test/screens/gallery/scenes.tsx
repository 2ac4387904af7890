/** Scenes of the gallery: the design system on full pages, as close to the reference screens as their content allows. */
import type { ReactElement } from 'react';
import type { SceneName } from './scene-names';
import { confirm, form, gate, palette, panel, states, stepUp, stepUpCode, stepUpRefused, taped } from './scenes-acts';
import { audit, fence, fleet, inspector, overview } from './scenes-pages';
import { replay, replayEmpty, replayShared } from './scenes-replay';

export const SCENES: Readonly<Record<SceneName, () => ReactElement>> = {
  overview,
  fence,
  inspector,
  fleet,
  audit,
  states,
  form,
  panel,
  confirm,
  'step-up': stepUp,
  'step-up-code': stepUpCode,
  'step-up-refused': stepUpRefused,
  palette,
  gate,
  taped,
  replay,
  'replay-empty': replayEmpty,
  'replay-shared': replayShared,
};
