import { appendRefusal } from '@/lib/audit';

/** Refuses strangers, fifty at a time, and says how many have been answered, until it is killed. */
let answered = 0;
const one = async (): Promise<void> => {
  for (;;) {
    await appendRefusal(
      {
        schema: 'sign-in.refused@1',
        outcome: 'refused',
        actor: { kind: 'anonymous', id: 'sign-in' },
        object: { type: 'user', id: 'unknown' },
        fields: { realm: 'customer', code: 'identity.wrong', email: 'nobody@example.com' },
      },
      null,
    );
    process.send?.({ answered: ++answered });
  }
};
for (let i = 0; i < 50; i++) void one();
