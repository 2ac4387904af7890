import type { GlyphState } from '@/app/_ui/glyph';
import type { ProjectView } from '@/lib/projects/schemas';

/** How a project's states are called and drawn. */
export const ENVIRONMENT_WORDS: Readonly<Record<ProjectView['environment'], string>> = {
  development: 'Development',
  staging: 'Staging',
  production: 'Production',
};

export const STATUS_WORDS: Readonly<Record<ProjectView['status'], string>> = {
  active: 'Active',
  frozen: 'Frozen',
  archived: 'Archived',
};

export const STATUS_GLYPHS: Readonly<Record<ProjectView['status'], GlyphState>> = {
  active: 'enforced',
  frozen: 'refused',
  archived: 'closed',
};
