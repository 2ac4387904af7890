import type { Operation } from '../_operation';
import * as activity from './activity';
import * as policy from './policy';
import * as project from './project';
import * as tokens from './tokens';

/** Everything the interface can do, in the order of its description. */
export const operations: readonly Operation[] = [project, tokens, policy, activity].flatMap((group) =>
  Object.values(group),
);
