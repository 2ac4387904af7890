import { AsyncLocalStorage } from 'node:async_hooks';
import type { ConsolePrisma } from './client';
import { conflict, toDomainError } from './errors';
import { preparedName } from './prepared';

declare const brand: unique symbol;

/**
 * An open transaction. Only this folder makes one, so a function that takes it cannot be called outside a transaction.
 */
export interface AnyTx {
  readonly [brand]: 'tx';
  /** One parameterised statement, for code that serves both roles (the audit log). */
  execute(sql: string, values: readonly unknown[]): Promise<void>;
}

/** An open transaction of the console's role. `prisma` is for `store.ts` files. */
export interface Tx extends AnyTx {
  readonly prisma: ConsolePrisma;
}

/** A transaction that the caller opened on a `pg` connection; `client` must be between BEGIN and COMMIT. */
export function onConnection(client: {
  query(statement: { name?: string; text: string; values: unknown[] }): Promise<unknown>;
}): AnyTx {
  const execute = async (text: string, values: readonly unknown[]) => {
    const name = preparedName(text);
    await client.query({ ...(name ? { name } : {}), text, values: [...values] });
  };
  return { execute } as AnyTx;
}

const open = new AsyncLocalStorage<true>();

interface Transactional {
  $transaction<R>(
    fn: (prisma: ConsolePrisma) => Promise<R>,
    options?: { maxWait?: number; timeout?: number },
  ): Promise<R>;
}

/** A deadlock or a serialization conflict is nobody's fault: the whole function runs again, this many times at most. */
const ATTEMPTS = 3;

/**
 * Runs `fn` in one transaction: all of it commits or none. Refuses to nest, because a second connection taken while
 * holding the first deadlocks under load, and its commit would not belong to the first.
 * Errors raised by the database's functions come out as `CordonError`.
 */
export async function inTransaction<R>(client: Transactional, fn: (tx: Tx) => Promise<R>): Promise<R> {
  if (open.getStore()) throw new Error('A transaction is already open here; pass its Tx instead of opening another.');
  for (let attempt = 1; ; attempt++) {
    try {
      return await open.run(true, () =>
        client.$transaction((prisma) => fn(wrap(prisma)), { maxWait: 5_000, timeout: 15_000 }),
      );
    } catch (error) {
      if (attempt < ATTEMPTS && conflict(error)) continue;
      throw toDomainError(error);
    }
  }
}

const wrap = (prisma: ConsolePrisma): Tx => {
  const execute = async (sql: string, values: readonly unknown[]) =>
    void (await prisma.$executeRawUnsafe(sql, ...values));
  return { prisma, execute } as unknown as Tx;
};
