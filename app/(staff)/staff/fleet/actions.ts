'use server';

import { revalidatePath } from 'next/cache';
import { banEdge, expectEdge, renewJoin, setDraining } from '@/lib/fleet';
import { banEdge as banForm, drainEdge as drainForm, expectEdge as expectForm, namedEdge } from '@/lib/fleet/schemas';
import { answerForm, auditSource, guarded } from '@/lib/identity';

const FLEET = '/staff/fleet';

/** What is to be confirmed is asked by the act itself, once the form was found good: nobody confirms a typing error. */
export const expectEdgeAction = guarded(
  { action: 'enrol', subject: 'Edge', realm: 'staff', asks: 'edge.enrol' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(expectForm, form, async (fields) => {
      const ticket = await expectEdge(secret, fields, await auditSource());
      revalidatePath(FLEET);
      return { ok: true, ticket };
    }),
);

export const renewJoinAction = guarded(
  { action: 'enrol', subject: 'Edge', realm: 'staff', asks: 'edge.enrol' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(namedEdge, form, async ({ name }) => ({
      ok: true,
      ticket: await renewJoin(secret, name, await auditSource()),
    })),
);

export const drainEdgeAction = guarded(
  { action: 'drain', subject: 'Edge', realm: 'staff' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(drainForm, form, async ({ name, draining }) => {
      await setDraining(secret, name, draining, await auditSource());
      revalidatePath(FLEET);
      return {
        ok: true,
        message: draining
          ? `${name} drains: from the next policy on joins are homed elsewhere.`
          : `${name} can be a home again from the next policy on.`,
      };
    }),
);

export const banEdgeAction = guarded(
  { action: 'ban', subject: 'Edge', realm: 'staff', asks: 'edge.ban' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(banForm, form, async (fields) => {
      await banEdge(secret, fields, await auditSource());
      revalidatePath(FLEET);
      return { ok: true, message: `${fields.name} is banned. Control closes its connection within a second or two.` };
    }),
);
