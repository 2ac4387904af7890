/** A session that was confirmed: the terminal itself, or what an SSH client needs. */
import { ProductionTerminal } from '@/app/_parts/terminal/production-terminal';
import { CodeBlock, Command } from '@/app/_ui/command';
import { Row, Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import { Countdown } from '@/app/_ui/time';
import type { GatewayView, Opened } from '@/lib/grants/schemas';
import { GiveBack } from '../../requests/_parts/request-acts';
import styles from './open.module.css';

type By<T extends Opened['through']> = Extract<Opened, { through: T }>;

export function TerminalSession({ of, request }: { of: By<'web terminal'>; request: string }) {
  // Loaded anew: a session's name is made with the page.
  const another = (
    <a className="link" href={`/staff/sessions/open?grant=${request}`}>
      Open another session
    </a>
  );
  return (
    <Stack gap={3}>
      <div className={styles.terminal}>
        <ProductionTerminal session={of.session} ticket={of.ticket} until={of.until} after={another} />
      </div>
      <Row gap={2}>
        <GiveBack request={request} pending={false} />
        <span className="small quiet">Ending the session leaves the grant open. Giving it back ends both.</span>
      </Row>
    </Stack>
  );
}

export function KeySession({
  of: { session, certificate, validBefore },
  gateway: { address, knownHosts },
  request,
}: {
  of: By<'key'>;
  gateway: GatewayView;
  request: string;
}) {
  const file = `${session}-cert.pub`;
  const href = `data:text/plain;charset=utf-8,${encodeURIComponent(`${certificate}\n`)}`;
  return (
    <Stack gap={4}>
      <Note tone="success" title="Confirmed." live>
        The session has to begin within <Countdown to={validBefore} />. It is recorded, and ends with the grant.
      </Note>
      <CodeBlock label="the certificate">{certificate}</CodeBlock>
      <Row gap={2}>
        <a className="link" href={href} download={file}>
          Download the certificate
        </a>
        <span className="small quiet">{file}</span>
      </Row>
      {address ? (
        <Command>{`ssh -i ~/.ssh/id_ed25519 -o IdentitiesOnly=yes -o CertificateFile=~/Downloads/${file} -p ${address.port} ${session}@${address.host}`}</Command>
      ) : (
        <p className="small quiet">
          This installation has not said where its gateway is (CORDON_GATEWAY_ADDRESS). The user name is the session:{' '}
          {session}.
        </p>
      )}
      {knownHosts ? (
        <Stack gap={2}>
          <p className="small quiet">
            Once, in ~/.ssh/known_hosts. By this line your client knows the gateway, and never has to ask you to trust a
            key.
          </p>
          <CodeBlock label="the line of known_hosts">{knownHosts}</CodeBlock>
        </Stack>
      ) : null}
      <Row gap={2}>
        <GiveBack request={request} pending={false} />
      </Row>
    </Stack>
  );
}
