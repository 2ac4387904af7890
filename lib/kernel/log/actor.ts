import { toHex, toUtf8 } from '../encoding';
import type { Hash } from './merkle';

const TAG = 'cordon/audit/actor/v1\n';

/** The name that a person has in a log (`provider`, or an organisation's id). Ids hold no lone surrogates. README, section 2. */
export const personIn = ({ sha256 }: Hash, log: string, id: string): string =>
  `act_${toHex(sha256(toUtf8(`${TAG}${log}\n${id}`)!)).slice(0, 32)}`;
