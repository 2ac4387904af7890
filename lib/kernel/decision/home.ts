import type { EdgeRef, EdgesResource } from '../bundle/resources';
import { toUtf8 } from '../encoding';
import type { Primitives } from '../primitives';
import type { Region } from '../region';

/**
 * The home edge of a channel: rendezvous hashing over the serving edges of the fence's first region that has one. Every
 * edge computes the same answer from the same `edges` resource, and taking one edge out moves only that edge's channels.
 * Null when no region of the fence has a serving edge.
 */
export function homeOf(
  appId: string,
  channel: string,
  fence: readonly Region[],
  edges: EdgesResource,
  primitives: Primitives,
): EdgeRef | null {
  for (const region of fence) {
    const candidates = edges.edges.filter((edge) => edge.serving && edge.region === region);
    if (candidates.length > 0) return strongest(candidates, `${appId}:${channel}`, primitives);
  }
  return null;
}

function strongest(candidates: readonly EdgeRef[], room: string, primitives: Primitives): EdgeRef | null {
  let winner: EdgeRef | null = null;
  let best = -1;
  for (const edge of candidates) {
    const weight = weigh(edge.name, room, primitives);
    // Equal weights are all but impossible; the name settles them the same way everywhere.
    if (weight > best || (weight === best && winner !== null && edge.name < winner.name)) {
      winner = edge;
      best = weight;
    }
  }
  return winner;
}

/** The first 48 bits of SHA-256 of `edge name, newline, room`. Neither part may hold a newline, so the pair is unambiguous. */
function weigh(name: string, room: string, primitives: Primitives): number {
  const hash = primitives.sha256(toUtf8(`${name}\n${room}`) ?? new Uint8Array(0));
  let weight = 0;
  for (let i = 0; i < 6; i++) weight = weight * 256 + hash[i]!;
  return weight;
}
