import { Field } from '@/app/_ui/field';
import { Input } from '@/app/_ui/input';
import { MAX_SAMPLE, MAX_SEED } from '@/lib/kernel/sample';

/** How many and by which seed; `pack` is what whoever wants to draw the same again has to have. */
export function SampleFields({ pack }: { pack: string }) {
  return (
    <>
      <Field name="wanted" label="How many" hint={`1 to ${MAX_SAMPLE}`}>
        <Input inputMode="numeric" maxLength={3} defaultValue="25" />
      </Field>
      <Field
        name="seed"
        label="Seed"
        aside="optional"
        hint="Words or digits that you and the audited agreed on. Without it one is made, and shown."
      >
        <Input maxLength={MAX_SEED} mono />
      </Field>
      <p className="small quiet">
        The places with the lowest SHA-256 of seed and place are taken. Whoever has {pack} can draw the same sample
        again. That you drew it is recorded, with population and seed.
      </p>
    </>
  );
}
