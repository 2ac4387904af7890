import { WitnessError } from '@/lib/witness';
import { UsageError } from './command';

/** What the witness refuses is what was typed, or the state of its folder. */
export async function asUsage<R>(task: Promise<R>): Promise<R> {
  try {
    return await task;
  } catch (error) {
    const { syscall, message } = error as NodeJS.ErrnoException;
    if (error instanceof WitnessError || syscall !== undefined) throw new UsageError(message);
    throw error;
  }
}
