import { describe, expect, it } from 'vitest';
import { reducedOffer, writeAnswer } from '@/media-plane/engine/sdp/answer';
import { SdpError } from '@/media-plane/engine/sdp/error';
import { readOffer } from '@/media-plane/engine/sdp/offer';
import { CHROMIUM_PLAYER, CHROMIUM_PUBLISHER, GSTREAMER_PUBLISHER } from '@/media-plane/engine/sdp/samples';

const RUNS = 100_000;
const SAMPLES = [CHROMIUM_PLAYER, CHROMIUM_PUBLISHER, GSTREAMER_PUBLISHER];
const LOCAL = {
  iceUfrag: 'ours',
  icePwd: 'p'.repeat(24),
  fingerprint: 'sha-256 AB',
  address: '192.0.2.1',
  port: 4_000,
};

/** xorshift32: the same run every time. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const SCRAPS = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  '=',
  ':',
  ' ',
  'a=',
  'm=audio 9 ',
  'a=mid:',
  'a=group:BUNDLE',
  '99999999999',
  '-1',
  'é',
  '\ud800',
];

function mutate(text: string, pick: (below: number) => number): string {
  let mutated = text;
  for (let round = pick(6); round >= 0; round--) {
    const lines = mutated.split('\r\n');
    const at = pick(mutated.length + 1);
    const line = pick(lines.length);
    switch (pick(7)) {
      case 0:
        mutated = mutated.slice(0, at) + String.fromCharCode(pick(256)) + mutated.slice(at + 1);
        break;
      case 1:
        mutated = mutated.slice(0, at) + SCRAPS[pick(SCRAPS.length)] + mutated.slice(at);
        break;
      case 2:
        mutated = mutated.slice(0, at);
        break;
      case 3:
        lines.splice(line, 1 + pick(3));
        mutated = lines.join('\r\n');
        break;
      case 4:
        lines.splice(line, 0, lines[pick(lines.length)]!);
        mutated = lines.join('\r\n');
        break;
      case 5:
        lines[line] = lines[pick(lines.length)]!;
        mutated = lines.join('\r\n');
        break;
      default:
        mutated = mutated.slice(0, at) + mutated.slice(at + pick(40));
    }
  }
  return mutated;
}

describe('hostile SDP', () => {
  it(`is accepted or refused with a typed error, ${RUNS} times`, () => {
    const pick = generator(20_261_121);
    let accepted = 0;
    for (let run = 0; run < RUNS; run++) {
      const text =
        run % 10 === 0
          ? Array.from({ length: pick(300) }, () => String.fromCharCode(pick(run % 20 === 0 ? 128 : 65_536))).join('')
          : mutate(SAMPLES[run % SAMPLES.length]!, pick);
      const sends = run % SAMPLES.length !== 0;
      try {
        const offer = readOffer(text, { sends });
        const outgoing = sends ? null : { audioSsrc: 1, videoSsrc: 2, stream: 's' };
        for (const written of [reducedOffer(offer), writeAnswer(offer, LOCAL, outgoing, '1')]) {
          // Whatever got through cannot have smuggled in a line of its own.
          for (const line of written.slice(0, -2).split('\r\n'))
            expect(/^[vostcma]=[\x20-\x7e]*$/.test(line)).toBe(true);
        }
        accepted++;
      } catch (error) {
        if (!(error instanceof SdpError)) throw new Error(`run ${run}: ${String(error)}`, { cause: error });
      }
    }
    expect(accepted).toBeGreaterThan(1_000);
    expect(accepted).toBeLessThan(RUNS);
  });
});
