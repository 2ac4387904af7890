'use client';
import { RadioCards } from '@/app/_ui/choice';
import { GroupError } from '@/app/_ui/field';
import { Checkbox } from '@/app/_ui/input';
import { REGION_NAMES, REGIONS } from '@/lib/kernel/region';
import styles from './fence-choice.module.css';

/** All regions, or a box per region that appears with the choice. */
export function FenceChoice() {
  return (
    <div className={styles.choice}>
      <RadioCards
        name="scope"
        legend="Fence"
        defaultValue="global"
        options={[
          { value: 'global', label: 'GLOBAL', hint: 'All six regions may serve this project' },
          {
            value: 'chosen',
            label: 'Only chosen regions',
            hint: 'Edges elsewhere refuse: audio, video, messages and boards stay inside',
          },
        ]}
      />
      <fieldset className={styles.regions} aria-label="Regions of the fence">
        {REGIONS.map((code) => (
          <Checkbox key={code} name={`region.${code}`} label={`${code} ${REGION_NAMES[code]}`} />
        ))}
        <GroupError name="fence" />
      </fieldset>
    </div>
  );
}
