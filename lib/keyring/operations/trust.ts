import { REGIONS } from '@/lib/kernel/region';
import type { Context } from '../context';
import type { Output } from '../protocol';
import { sshCas } from '../ssh';
import { logVkey } from './log';

/** Public parts only. The next policy key is published with the current one, so that a rotation finds it trusted. */
export function describeTrust(context: Context): Output<'trust.describe'> {
  const { keys, positions } = context;
  return {
    policyKeys: [keys.policyKey, keys.nextPolicyKey].map(({ keyId, publicKey }) => ({
      keyId,
      publicKey: publicKey.toString('base64'),
    })),
    edgeCa: keys.edgeAuthority.certificate,
    logKeys: [logVkey(context)],
    sshCas: sshCas(keys),
    sheetKeys: [{ keyId: keys.sheetKey.keyId, publicKey: keys.sheetKey.publicKey.toString('base64') }],
    now: context.now(),
    positions: REGIONS.flatMap((region) => {
      const head = positions.head(region);
      return head ? [{ region, epoch: head.epoch, seq: head.seq }] : [];
    }),
  };
}

export const databaseProofKey = ({ keys }: Context): Output<'database.proofKey'> => ({
  key: keys.proofKey.toString('hex'),
});
