import type { ProvenRecord } from '@/lib/kernel/pack';
import { cosignerLine, plainCosigner, quoteJson } from './audit-verify-print';
import type { Output } from './command';
import { quote } from './terminal';

export function printProof(out: Output, { origin, index, size, fields, cosigners }: ProvenRecord): void {
  const row = (name: string, value: string) => out.line(`  ${name.padEnd(10)} ${value}`);
  out.line('OK  the log holds this event');
  row('log', quote(origin));
  row('entry', `${index} of ${size}`);
  for (const cosigner of cosigners) row('cosigned', cosignerLine(cosigner, 'the checkpoint'));
  for (const [name, value] of Object.entries(fields)) row(name, quoteJson(value));
}

export const plainProof = (proven: ProvenRecord) => ({ ...proven, cosigners: proven.cosigners.map(plainCosigner) });
