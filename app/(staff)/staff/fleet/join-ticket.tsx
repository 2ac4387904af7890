'use client';
import { CodeBlock, Command } from '@/app/_ui/command';
import type { FormState } from '@/app/_ui/form-state';
import { formatExact } from '@/app/_ui/format';
import { Stack } from '@/app/_ui/layout';
import { Note } from '@/app/_ui/note';
import type { JoinTicket } from '@/lib/fleet/schemas';

export interface Ticketed extends FormState {
  ticket?: JoinTicket;
}

/** What the machine that becomes the edge needs, once. The words in capitals are its own addresses. */
export function JoinTicketOnce({ ticket }: { ticket: JoinTicket }) {
  return (
    <Stack gap={4}>
      <Note tone="success" title={`${ticket.name} may join until ${formatExact(ticket.expiresAt)}.`} live>
        The token works once and is not shown again.
      </Note>
      <CodeBlock label="environment of the edge">{environment(ticket)}</CodeBlock>
      <p>
        Save it as <span className="mono strong">edge.env</span>, readable by the edge’s own user only, and write the
        addresses of this machine and of control where capitals stand. Then:
      </p>
      <Command>node --env-file=edge.env .build/edge.mjs</Command>
      <p className="small quiet">
        The fingerprint makes sure that the edge talks to this control and to no other. The token can go from the file
        once the edge has joined; it keeps its own key in its home.
      </p>
    </Stack>
  );
}

const environment = ({ name, region, token, fingerprint }: JoinTicket) =>
  [
    `CORDON_EDGE_NAME=${name}`,
    `CORDON_EDGE_REGION=${region}`,
    `CORDON_EDGE_HOME=/var/lib/cordon-edge`,
    `CORDON_EDGE_HOST=EDGE-ADDRESS`,
    `CORDON_EDGE_PORT=7411`,
    `CORDON_EDGE_URL=https://EDGE-HOST`,
    `CORDON_EDGE_MEDIA_PORT=7451`,
    `CORDON_EDGE_RELAY_PORT=7431`,
    `CORDON_EDGE_RELAY=EDGE-HOST:7431`,
    `CORDON_CONTROL_URL=https://CONTROL-HOST:7400`,
    `CORDON_CONTROL_FINGERPRINT=${fingerprint}`,
    `CORDON_EDGE_JOIN_TOKEN=${token}`,
  ].join('\n');
