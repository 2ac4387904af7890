import { canonicalJson } from '../encoding';
import type { Manifest } from './manifest';

/** README.txt: what an auditor who has nothing but the pack must know. */
export function readmeText({ origin, range, checkpoint, filter, counts, provable }: Omit<Manifest, 'files'>): string {
  const complete = provable
    ? 'It claims to hold every event of that range that meets the filter.'
    : 'It leaves out further events for another reason than the filter. Nothing in it shows it to be complete.';
  const entries = range.to > range.from ? `${range.from} to ${range.to - 1}` : 'none';
  return `EVIDENCE PACK

Log      ${origin}
Entries  ${entries} of ${checkpoint.size}, counted from 0
Filter   ${canonicalJson(filter)}
Events   ${counts.events}; ${counts.stubs} other entries of the range, as stubs

${complete} Do not take its word for it:

    npx cordon audit verify PACK --vkey FILE

or drop the pack on a verify.html in any browser: on one that you have from elsewhere, for the one in here is the sender's.

FILE holds the verifier key of the log (one line), which you got from somebody else than the sender of this pack. The
file vkeys in here is no substitute: whoever forges a pack brings a key along. Add --known-head FILE if you have a
checkpoint of this log from an earlier audit, and keep the file checkpoint of this pack for the next one.

manifest.json          what the pack says of itself, with the SHA-256 of every file
checkpoint             the signed state of the log (C2SP signed note)
range.json leaves.bin  the hashes of the log that tie the range to the checkpoint
events.ndjson          the events, one a line, each with the salts that prove its fields
stubs.ndjson           for every other entry just the fields that show it does not meet the filter
schemas.json           the shapes of the events
vkeys                  the keys that the sender says are the log's
consistency/           proofs that the log only grew since earlier sizes, if any was asked for
operator/              proof that the operator's log of logs holds the checkpoint, if there is one
events.csv verify.html for reading, if there are any. No check covers what they say: a table is as good as its maker

All times are UTC. README.md of lib/kernel/pack and lib/kernel/log specify every byte.
`;
}
