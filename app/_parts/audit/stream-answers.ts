import 'server-only';
import { revalidatePath } from 'next/cache';
import type { z } from 'zod';
import * as streams from '@/lib/audit-stream';
import { answerWords, changeStream, createStream, ofStream, sendAgain } from '@/lib/audit-stream/schemas';
import { answerForm, type FormAnswer } from '@/lib/identity';

/** What the forms of a stream do, for whoever's log it is. The guarded action says who asks; the capability decides. */
type As = streams.Streamer;
/** What is shown once; only the answer of the act ever holds it. */
export type StreamAnswer = FormAnswer & { secret?: string };

const act =
  <S extends z.ZodType>(
    schema: S,
    work: (as: As, fields: z.output<S>) => Promise<{ message?: string; secret?: string | null }>,
  ) =>
  async (as: As, form: FormData): Promise<StreamAnswer> => {
    let secret: string | null | undefined;
    const answer = await answerForm(schema, form, async (fields) => {
      const { message, ...made } = await work(as, fields);
      secret = made.secret;
      revalidatePath('/', 'layout');
      return { ok: true, ...(message ? { message } : {}) };
    });
    return secret ? { ...answer, secret } : answer;
  };

export const streamAnswers = {
  create: act(createStream, async (as, fields) => {
    const { secret } = await streams.createStream(as, fields);
    return { secret, message: 'The stream has begun.' };
  }),
  change: act(changeStream, async (as, fields) => {
    await streams.changeStream(as, fields);
    return { message: 'Changed. What comes next goes there.' };
  }),
  rotate: act(ofStream, async (as, { streamId }) => ({ secret: await streams.rotateSecret(as, streamId) })),
  test: act(ofStream, async (as, { streamId }) => {
    const { code, status, millis } = await streams.testStream(as, streamId);
    return { message: `${answerWords(code, status)}, after ${millis} ms.` };
  }),
  pause: act(ofStream, async (as, { streamId }) => {
    await streams.pauseStream(as, streamId);
    return { message: 'Paused. Nothing is lost: it goes on from where it stands.' };
  }),
  resume: act(ofStream, async (as, { streamId }) => {
    await streams.resumeStream(as, streamId);
    return { message: 'Resumed.' };
  }),
  remove: act(ofStream, async (as, { streamId }) => {
    await streams.deleteStream(as, streamId);
    return { message: 'Deleted.' };
  }),
  sendAgain: act(sendAgain, async (as, { streamId, first }) => {
    const count = await streams.sendAgain(as, streamId, first ?? null);
    return { message: count === 1 ? 'It is sent again.' : `${count} dead letters are sent again.` };
  }),
};
