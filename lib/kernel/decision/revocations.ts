import { type RevocationResource, type RevocationSubject, subjectName } from '../bundle/resources';

type Held = Map<string, RevocationResource[]>;

/**
 * The revocations of one project, found by subject in constant time however many there are. When a subject is revoked
 * more than once the latest "issued before" counts.
 */
export class Revocations {
  private readonly held: Record<RevocationSubject['type'], Held> = {
    token: new Map(),
    user: new Map(),
    channel: new Map(),
    certificate: new Map(),
    project: new Map(),
  };
  private count = 0;

  get size(): number {
    return this.count;
  }

  add(revocation: RevocationResource): void {
    this.remove(revocation);
    const held = this.held[revocation.subject.type];
    const name = subjectName(revocation.subject);
    const list = [...(held.get(name) ?? []), revocation].sort((a, b) => b.issuedBefore - a.issuedBefore);
    held.set(name, list);
    this.count++;
  }

  remove({ id, subject }: RevocationResource): void {
    const held = this.held[subject.type];
    const name = subjectName(subject);
    const list = held.get(name) ?? [];
    const rest = list.filter((known) => known.id !== id);
    this.count -= list.length - rest.length;
    if (rest.length === 0) held.delete(name);
    else held.set(name, rest);
  }

  /** The one that reaches furthest. `name` is the token id, account, channel or certificate id; empty for the project. */
  find(type: RevocationSubject['type'], name: string): RevocationResource | undefined {
    return this.held[type].get(name)?.[0];
  }
}
