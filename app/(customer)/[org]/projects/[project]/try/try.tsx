'use client';
/** The live test page: a real join at a real edge, from this browser. */
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { Button } from '@/app/_ui/button';
import { DefinitionList } from '@/app/_ui/definition-list';
import { Empty } from '@/app/_ui/empty';
import { Id } from '@/app/_ui/id';
import { Checkbox } from '@/app/_ui/input';
import { Split, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Panel, Section } from '@/app/_ui/panel';
import { Pictures } from '@/app/_ui/picture';
import { Status } from '@/app/_ui/status';
import { Mono } from '@/app/_ui/text';
import { Time } from '@/app/_ui/time';
import type { Region } from '@/lib/kernel/region';
import { takeOver } from '../tokens/_parts/hand-over';
import type { View } from './_parts/session';
import { suggestedName } from './_parts/words';
import { mintToTryAction } from './actions';
import { JoinForm, type TryEdge, type Wish } from './join-form';
import { Messages } from './messages';
import { Outcome } from './outcome';
import { VideoTile } from './tile';
import styles from './try.module.css';
import { useSource, useTrySession } from './use-try';

export interface TryProps {
  organisationId: string;
  projectId: string;
  appId: string;
  capSeconds: number;
  edges: readonly TryEdge[];
  fence: readonly Region[];
  tokenless: boolean;
  mintReason?: string;
}

const PHASES = {
  idle: ['planned', 'Not joined'],
  joining: ['applied', 'Joining'],
  joined: ['live', 'In the channel'],
  reconnecting: ['open', 'Coming back'],
  over: ['closed', 'Ended'],
} as const satisfies Record<View['phase'], readonly [string, string]>;

export function Try({ organisationId, projectId, appId, capSeconds, edges, fence, tokenless, mintReason }: TryProps) {
  const { session, view } = useTrySession();
  const router = useRouter();
  const source = useSource();
  const [sound, setSound] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [wish, setWish] = useState<Wish>({
    edge: (edges.find(({ inside, reachable }) => inside && reachable) ?? edges[0])?.name ?? '',
    channel: 'try',
    account: '',
    mode: tokenless ? 'none' : mintReason ? 'paste' : 'mint',
    token: '',
    role: 'publisher',
    source: 'picture',
  });
  const change = (part: Partial<Wish>) => setWish((known) => ({ ...known, ...part }));
  const here = view.phase === 'joined' || view.phase === 'reconnecting';

  useEffect(() => {
    const handed = takeOver();
    setWish((known) => ({
      ...known,
      account: handed?.account || known.account || suggestedName(Math.random()),
      ...(handed
        ? {
            mode: 'paste',
            token: handed.token,
            channel: handed.channel === '*' ? known.channel : handed.channel || known.channel,
          }
        : {}),
    }));
  }, []);

  // A cut or refusal comes from a policy newer than this page: the fence shown and the frame follow it.
  const verdict = view.cut ?? view.refusal;
  useEffect(() => {
    if (verdict) router.refresh();
  }, [verdict, router]);

  // Once out, whether cut or left, the camera goes off.
  useEffect(() => {
    if (view.phase === 'over' || view.phase === 'idle') source.close();
  }, [view.phase, source.close]);

  async function mint(): Promise<string> {
    const { channel, account, role } = wish;
    const answer = await mintToTryAction({ organisationId, projectId, channel, account, role, capSeconds });
    if ('token' in answer && answer.token) return answer.token;
    throw new Error(answer.message ?? 'No token was made.');
  }

  function join(edgeUrl: string) {
    setProblem(null);
    // As a function the SDK asks again before a token runs out, and after a restart.
    const token = wish.mode === 'mint' ? mint : wish.mode === 'paste' ? wish.token.trim() || null : null;
    void session.join({ edgeUrl, appId, channel: wish.channel.trim(), account: wish.account.trim(), token });
  }
  const chosen = edges.find(({ name }) => name === wish.edge);

  async function publish() {
    setProblem(null);
    try {
      await session.publish(await source.open(wish.source, view.account));
    } catch {
      setProblem('The browser gave no camera or microphone. Choose the generated picture instead.');
    }
  }
  async function unpublish() {
    source.close();
    await session.unpublish();
  }
  const mayPublish = view.permissions.includes('audio') || view.permissions.includes('video');
  const statsOf = (peerId: string) => view.stats.find(({ id }) => id === peerId);
  const [glyph, word] = PHASES[view.phase];

  return (
    <Split
      width="wide"
      aside={
        <Stack gap={4}>
          <Section title="Session" aside={<Status state={glyph} word={word} />}>
            {view.edge ? (
              <DefinitionList
                ruled
                items={[
                  {
                    term: view.edge.name === wish.edge ? 'Edge' : 'Home edge',
                    value: <Mono>{`${view.edge.name} (${view.edge.region})`}</Mono>,
                  },
                  ...(view.edge.name !== wish.edge ? [{ term: 'Through', value: <Mono>{wish.edge}</Mono> }] : []),
                  {
                    term: 'Policy',
                    value: view.bundle ? <Mono>{`${view.bundle.epoch}.${view.bundle.seq}`}</Mono> : '–',
                  },
                  {
                    term: 'You',
                    value: (
                      <span className="mono" dir="auto">
                        {view.account}
                      </span>
                    ),
                  },
                  {
                    term: 'You may',
                    value: view.permissions.length > 0 ? `send ${view.permissions.join(', ')}` : 'play only',
                  },
                  { term: 'Until', value: view.expiresAt ? <Time at={view.expiresAt.join * 1000} /> : '–' },
                  { term: 'Trace', value: view.traceId ? <Id value={view.traceId} label="trace ID" /> : '–' },
                ]}
              />
            ) : (
              <p className="quiet small">Join to see which edge and policy decided, and what you may send.</p>
            )}
          </Section>
          <Section title="Participants" note={String(view.count)}>
            <ul aria-label="Participants">
              {view.participants.map(({ account, kinds, observer }) => (
                <li key={account} className="small">
                  <span className="mono" dir="auto">
                    {account}
                  </span>{' '}
                  <span className="quiet">
                    {observer ? 'of the provider, watches' : kinds.length > 0 ? kinds.join(', ') : 'plays'}
                  </span>
                </li>
              ))}
            </ul>
          </Section>
          <Messages
            messages={view.messages}
            say={(text) => session.say(text)}
            reason={
              !here
                ? 'Join first.'
                : view.permissions.includes('data')
                  ? undefined
                  : 'This token does not allow sending data.'
            }
          />
        </Stack>
      }
    >
      <Stack gap={5}>
        <Outcome
          view={view}
          onJoinAt={({ name, url }) => {
            change({ edge: name });
            join(url);
          }}
        />
        {problem ? <Note tone="danger">{problem}</Note> : null}
        {view.own || view.tiles.length > 0 ? (
          <Pictures>
            {view.own ? (
              <VideoTile
                name={view.own.account}
                own
                stream={view.own.stream}
                stats={statsOf(view.own.peerId)}
                sound={false}
              />
            ) : null}
            {view.tiles.map(({ account, stream, peerId }) => (
              <VideoTile key={peerId} name={account} stream={stream} stats={statsOf(peerId)} sound={sound} />
            ))}
          </Pictures>
        ) : here ? (
          <Empty title="Nobody sends yet" compact>
            Publish here, or join with another name in a second window.
          </Empty>
        ) : null}
        <Panel key="join" title="Join a channel">
          <form
            className={styles.form}
            onSubmit={(event) => {
              event.preventDefault();
              if (!here && chosen) join(chosen.url);
            }}
          >
            <JoinForm
              wish={wish}
              change={change}
              edges={edges}
              fence={fence}
              mintReason={mintReason}
              tokenless={tokenless}
              locked={here || view.phase === 'joining'}
            />
            <div className={styles.acts}>
              {here ? (
                <>
                  {view.own ? (
                    <Button onClick={unpublish}>Stop publishing</Button>
                  ) : (
                    <Button
                      variant="primary"
                      onClick={publish}
                      reason={mayPublish ? undefined : 'This token does not allow publishing.'}
                    >
                      Publish
                    </Button>
                  )}
                  <Button variant="danger" onClick={() => session.leave()}>
                    Leave
                  </Button>
                </>
              ) : (
                <Button
                  type="submit"
                  variant="primary"
                  aria-busy={view.phase === 'joining'}
                  reason={chosen ? undefined : 'No edge is there to join at.'}
                >
                  Join
                </Button>
              )}
              <Checkbox
                name="sound"
                label="Sound"
                checked={sound}
                onChange={(event) => setSound(event.target.checked)}
              />
            </div>
          </form>
        </Panel>
      </Stack>
    </Split>
  );
}
