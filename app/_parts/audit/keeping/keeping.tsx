/** What is kept of a log, for how long, what holds it, and what went: the page of both areas. It only shows; the actions decide. */

import type { FormAction } from '@/app/_ui/form-state';
import { formatNumber } from '@/app/_ui/format';
import { Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Section } from '@/app/_ui/panel';
import type { ErasureOutlook, KeepingView } from '@/lib/audit-retention/schemas';
import { Erasure } from './erasure';
import { Holds } from './holds';
import { HoldForm, PeriodForm, PruneForm } from './keeping-forms';
import { Periods } from './periods';
import { Prunings } from './prunings';

export interface KeepingProps {
  view: KeepingView;
  /** Path of this page. */
  path: string;
  actions: Readonly<Record<'period' | 'hold' | 'release' | 'propose' | 'approve' | 'withdraw' | 'erase', FormAction>>;
  /** With the actions of a customer: whose log. */
  hidden: Readonly<Record<string, string>>;
  /** Why the reader may not do these; nothing where they may. */
  reasons: Partial<Record<'period' | 'hold' | 'release' | 'propose' | 'approve' | 'withdraw' | 'erase', string>>;
  /** Of whom somebody looked up what erasing them would do, or why that cannot be said. */
  asked?: { outlook: ErasureOutlook } | { problem: string };
}

export function Keeping(props: KeepingProps) {
  const { view, actions, hidden, reasons } = props;
  const { minimum, later } = view.pruned;
  return (
    <Stack gap={8}>
      {minimum + later > 0 ? (
        <Note tone="quiet" title="Part of this log was pruned">
          {minimum > 0 ? `Every record before #${formatNumber(minimum)} is gone. ` : ''}
          {later > 0 ? `${formatNumber(later)} ${minimum > 0 ? 'later ' : ''}places stand without their record. ` : ''}
          Places, tiles and checkpoints stay, so proofs of what is left hold.
        </Note>
      ) : null}
      <Section title="Periods" aside={<PeriodForm action={actions.period} hidden={hidden} reason={reasons.period} />}>
        <Periods classes={view.classes} />
      </Section>
      <Section title="Legal holds" aside={<HoldForm action={actions.hold} hidden={hidden} reason={reasons.hold} />}>
        <Holds {...props} />
      </Section>
      <Section title="Pruning" aside={<PruneForm action={actions.propose} hidden={hidden} reason={reasons.propose} />}>
        <Prunings {...props} />
      </Section>
      <Section title="Erasing a person">
        <Erasure {...props} />
      </Section>
    </Stack>
  );
}
