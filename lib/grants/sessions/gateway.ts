import 'server-only';
import { keyring } from '@/lib/keyring';
import { gatewayAddress, hasTerminal } from '../config';
import { isSilent } from '../ledger';
import type { GatewayView } from '../schemas';

const SSH_PORT = '22';

/** How the gateway is reached from here. */
export async function readGateway(): Promise<GatewayView> {
  const address = gatewayAddress();
  return { address, hasTerminal: hasTerminal(), knownHosts: address && (await knownHosts(address)) };
}

/** By this line a client knows the gateway at the first connection (sshd(8), SSH_KNOWN_HOSTS). Null when the keyring does not answer. */
async function knownHosts({ host, port }: { host: string; port: string }): Promise<string | null> {
  try {
    const { sshCas } = await keyring().call('trust.describe', {});
    return sshCas ? `@cert-authority ${port === SSH_PORT ? host : `[${host}]:${port}`} ${sshCas.host}` : null;
  } catch (error) {
    if (isSilent(error)) return null;
    throw error;
  }
}
