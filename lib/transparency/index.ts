/**
 * The transparency logs as others see them: checkpoints, tiles and entry bundles (C2SP tlog-tiles), the proof that a log holds an event, and
 * how a log stands. The operator's log is anybody's, an organisation's its members', the provider's the staff's. The server's only door;
 * browsers may import `schemas.ts`.
 */
import 'server-only';
import { type AuditScope, type Caller, inTenant } from '@/lib/authz';
import { transparencyErrors } from './errors';
import { newestNote, tileAt } from './serve';
import * as store from './store';

export { transparencyErrors } from './errors';
export { readOpenings, readProviderOpenings } from './openings';
export { exportProof, exportProviderProof, type ProofDownload } from './proof';
export { logView, operatorLog, placesOf } from './view';

/**
 * Whose log is read: the operator's, by anybody; that of a member's organisation; the provider's, by a session of staff, or with `orphan` that
 * of an organisation that is no more.
 */
export type LogReader =
  | { kind: 'anybody' }
  | (Caller & { kind: 'member' })
  | { kind: 'staff'; secret: string; orphan?: string };

/** The newest checkpoint, a signed note. Throws `log.not_found`, and as `inTenant`. */
export const readCheckpoint = (reader: LogReader): Promise<Uint8Array> => withLog(reader, newestNote);

/**
 * A tile or an entry bundle by its path (`tile/0/x001/067.p/8`), as far as the newest checkpoint covers it. An auditor of part of a log gets its
 * tiles, which are hashes, and no bundles: `log.entries_withheld`. Throws as `readCheckpoint`.
 */
export const readTile = (reader: LogReader, path: string): Promise<Uint8Array> =>
  withLog(reader, (log, scope) => {
    if (scope && (scope.projects || scope.from || scope.before) && path.startsWith('tile/entries/'))
      throw transparencyErrors('log.entries_withheld');
    return tileAt(log, path);
  });

function withLog<R>(reader: LogReader, read: (log: store.LogRows, scope: AuditScope | null) => Promise<R>): Promise<R> {
  switch (reader.kind) {
    case 'anybody':
      return store.withoutTenant((tx) => read(store.operatorRows(tx), null));
    case 'staff':
      return store.asStaff(reader.secret, (tx) => read(store.eventRows(tx, reader.orphan ?? 'provider'), null));
    case 'member':
      return inTenant(reader, ['AuditEvent', 'read'], (tx, { organisationId, scope }) =>
        read(store.eventRows(tx, organisationId), scope),
      );
  }
}
