/** Names of the scenes, apart from them: the test and the camera run outside the browser. */
export const SCENE_NAMES = [
  'overview',
  'fence',
  'inspector',
  'fleet',
  'audit',
  'states',
  'form',
  'panel',
  'confirm',
  'step-up',
  'step-up-code',
  'step-up-refused',
  'palette',
  'gate',
  'taped',
  'replay',
  'replay-empty',
  'replay-shared',
] as const;
export type SceneName = (typeof SCENE_NAMES)[number];
