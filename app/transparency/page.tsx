import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { RememberedLog } from '@/app/_parts/transparency/remembered-log';
import { WitnessList, WitnessNote } from '@/app/_parts/transparency/witnesses';
import { CodeBlock, Command } from '@/app/_ui/command';
import { DefinitionList } from '@/app/_ui/definition-list';
import { Empty } from '@/app/_ui/empty';
import { formatExact, formatNumber } from '@/app/_ui/format';
import { HomeLink } from '@/app/_ui/home-link';
import { Stack } from '@/app/_ui/layout';
import { Page, PageHead } from '@/app/_ui/page';
import { Section } from '@/app/_ui/panel';
import { Mono } from '@/app/_ui/text';
import { operatorLog } from '@/lib/transparency';
import type { CheckpointView } from '@/lib/transparency/schemas';
import { readVerifier } from '@/lib/verifier';
import styles from './transparency.module.css';

export const metadata: Metadata = {
  title: 'Transparency',
  description:
    'The log of every state the audit logs of this installation were ever said to have, and how to check it.',
};

/** For everybody: the operator's log, its key, and how both are used without trusting this page. */
export default async function TransparencyPage() {
  const [{ checkpoint, vkeys, witnesses, witness }, head] = await Promise.all([operatorLog(), headers()]);
  const log = `${head.get('x-forwarded-proto') ?? 'https'}://${head.get('host') ?? ''}/audit/operator`;
  return (
    <div className={styles.window}>
      <header className={styles.top}>
        <HomeLink />
      </header>
      <main id="content" className={styles.column}>
        <Page narrow>
          <PageHead
            title="Transparency"
            lede="Each audit log here is an append-only Merkle tree. The operator’s log holds every checkpoint of every one of them, in the order they were signed, and is there for everybody."
          />
          <Stack gap={6}>
            <WitnessNote witnesses={witnesses} />
            <Section title="Newest checkpoint">
              {checkpoint ? (
                <Newest checkpoint={checkpoint} vkeys={vkeys} />
              ) : (
                <Empty compact title="No checkpoint has been signed yet">
                  The first follows the first event of this installation.
                </Empty>
              )}
            </Section>
            <Section title={vkeys.length === 1 ? 'Key' : 'Keys'}>
              <Stack gap={3}>
                <p className="quiet">
                  It signs all logs of this installation; the first line of a checkpoint says which log it is of. Save
                  it as <Mono>vkey.txt</Mono>, and compare it with what you were told by another way than this page.
                </p>
                {vkeys.map((vkey) => (
                  <CodeBlock key={vkey} label="key">
                    {vkey}
                  </CodeBlock>
                ))}
              </Stack>
            </Section>
            <WitnessList each={witness} />
            <Follow log={log} />
            <Check sha256={readVerifier().sha256} />
            <BeOne vkey={vkeys[0] ?? 'VKEY'} />
            <Claims />
          </Stack>
        </Page>
      </main>
    </div>
  );
}

const Newest = ({ checkpoint: { origin, size, at, note }, vkeys }: { checkpoint: CheckpointView; vkeys: string[] }) => (
  <Stack gap={3}>
    <DefinitionList
      ruled
      items={[
        { term: 'Log', value: <Mono wrap>{origin}</Mono> },
        { term: 'Entries', value: formatNumber(size) },
        { term: 'Signed', value: formatExact(at, true) },
      ]}
    />
    <CodeBlock label="checkpoint">{note}</CodeBlock>
    <RememberedLog note={note} vkeys={vkeys} />
    <p className="quiet">
      Keep it. Whatever this log says later must begin with what it says here, and that can be proved.
    </p>
  </Stack>
);

const Follow = ({ log }: { log: string }) => (
  <Section title="Fetch it">
    <Stack gap={3}>
      <p className="quiet">
        Checkpoints, tiles and entry bundles are served as C2SP tlog-tiles says, so that any client of it can follow the
        log. The same paths give the log of an organisation to its members, and the provider’s to its staff.
      </p>
      <p className="quiet">
        This log is never pruned. In the others, records past their period may go once two people agree: entry bundles
        before a log’s minimum index then answer 410, and its checkpoints and tiles are served as before.
      </p>
      <Command>{`curl -fsS ${log}/checkpoint`}</Command>
      <Command>{`curl -fsS ${log}/tile/0/000.p/1 -o tile`}</Command>
      <Command>{`curl -fsS ${log}/tile/entries/000.p/1 -o entries`}</Command>
    </Stack>
  </Section>
);

const Check = ({ sha256 }: { sha256: string }) => (
  <Section title="Check a file">
    <Stack gap={3}>
      <p className="quiet">
        A proof of one event, downloaded from its audit log, or an evidence pack is checked{' '}
        <a className="link" href="/verify">
          in the browser
        </a>
        , where nothing is uploaded, or with:
      </p>
      <Command>npx cordon audit verify FILE --vkey vkey.txt</Command>
      <p className="quiet">
        The page that checks is one file and needs no network:{' '}
        <a className="link" href="/verify/verify.html" download>
          verify.html
        </a>
        . A copy that came with a pack is the sender’s. This is the SHA-256 of ours, and of what{' '}
        <Mono>npx cordon audit verifier &gt; verify.html</Mono> prints:
      </p>
      <CodeBlock label="SHA-256 of verify.html">{sha256}</CodeBlock>
    </Stack>
  </Section>
);

/** What somebody outside does to watch this log. */
const BeOne = ({ vkey }: { vkey: string }) => (
  <Section title="Be a witness">
    <Stack gap={3}>
      <p className="quiet">
        Run one on a machine of your own, behind a proxy that ends TLS, and tell whoever runs this log its key and its
        address. Any witness that speaks C2SP tlog-witness will do.
      </p>
      <Command>npx cordon witness init DIR --name example.org/w1</Command>
      <Command>{`npx cordon witness serve DIR --log ${vkey} --port 7500`}</Command>
    </Stack>
  </Section>
);

const Claims = () => (
  <>
    <Section title="What it proves">
      <ul className={styles.list}>
        <li>An event whose proof verifies is in the log at its place, with exactly these values.</li>
        <li>
          Between two checkpoints of which the newer continues the older, nothing was changed, removed or put in
          between.
        </li>
        <li>An organisation’s checkpoint that is an entry here was shown to everybody who reads this log.</li>
      </ul>
    </Section>
    <Section title="What it does not">
      <ul className={styles.list}>
        <li>That what was recorded is true, or that everything that happened was recorded.</li>
        <li>That others were shown the same log, for as long as no witness that you trust has cosigned it.</li>
        <li>
          What happened: the entries here name organisations by their ids and say how many events each has, nothing
          else.
        </li>
      </ul>
    </Section>
  </>
);
