/** A thread of `audit verify` that judges lines of a pack (`audit-verify-judges.ts`). */
import { parentPort, workerData } from 'node:worker_threads';
import { type LineRules, lineJudge } from '@/lib/kernel/pack';
import { primitives } from '@/lib/primitives';
import type { Piece } from './audit-verify-judges';

const judge = lineJudge(primitives, workerData as LineRules);
parentPort!.on('message', ({ file, lines }: Piece) => parentPort!.postMessage(judge(file, lines)));
