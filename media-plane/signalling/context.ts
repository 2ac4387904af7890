import type { EdgeRef } from '@/lib/kernel/bundle/resources';
import type { Admission } from '../admission';
import type { Channels } from '../channels';
import type { PolicyStore } from '../policy';
import type { Relay } from '../relay';
import type { RelayedRequest } from '../relay/headers';
import type { EdgePeer } from '../relay/identity';

/** What the signalling needs from the rest of the edge. */
export interface EdgeContext {
  edge: Pick<EdgeRef, 'name' | 'region' | 'url'>;
  policy: Pick<PolicyStore, 'index' | 'position' | 'leaseExpiresAt'>;
  admission: Admission;
  channels: Channels;
  relay: Relay;
  engineUp: () => boolean;
  /** Prometheus text. */
  metrics: () => string;
  clock: () => number;
}

/** How a request came: straight from a client, or over the mutual-TLS listener from another edge. */
export interface Via {
  address: string;
  traceId: string;
  relayed: (RelayedRequest & { from: EdgePeer }) | null;
}
