/**
 * A strict reader of syslog, written from RFC 5424 and RFC 5425 and from nothing of the sender's: frames counted in octets, header fields in
 * PRINTUSASCII, structured data with its three escapes. Whatever does not fit throws.
 */
export interface SyslogMessage {
  facility: number;
  severity: number;
  at: string;
  host: string;
  app: string;
  id: string;
  sdId: string;
  data: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the message holds; tests say what they expect.
  json: any;
  bytes: number;
}

/** Whole frames at the beginning, and what is left of one that has not come in full. */
export function splitFrames(bytes: Buffer): { frames: Buffer[]; rest: Buffer } {
  const frames: Buffer[] = [];
  let rest = bytes;
  for (;;) {
    const space = rest.indexOf(0x20);
    if (space < 0) {
      if (!/^[1-9]?\d{0,9}$/.test(rest.toString('latin1'))) throw new Error('not a length');
      return { frames, rest };
    }
    const length = rest.subarray(0, space).toString('latin1');
    if (!/^[1-9]\d{0,9}$/.test(length)) throw new Error(`not a length: ${length}`);
    const end = space + 1 + Number(length);
    if (rest.length < end) return { frames, rest };
    frames.push(rest.subarray(space + 1, end));
    rest = rest.subarray(end);
  }
}

export function parseFrames(bytes: Buffer): SyslogMessage[] {
  const { frames, rest } = splitFrames(bytes);
  if (rest.length > 0) throw new Error('the last frame is cut');
  return frames.map(parseMessage);
}

const HEADER =
  /^<(0|[1-9]\d{0,2})>1 (-|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) \[([!#-<>-\\^-~]{1,32})((?: [!#-<>-\\^-~]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*)\] /;

export function parseMessage(bytes: Buffer): SyslogMessage {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  const match = HEADER.exec(text);
  if (!match) throw new Error(`not RFC 5424: ${text.slice(0, 200)}`);
  const [head, pri, at, host, app, , id, sdId, parameters] = match as unknown as string[];
  if (Number(pri) > 191) throw new Error('not a priority');
  const data = Object.fromEntries(
    [...parameters!.matchAll(/ ([^=]+)="((?:[^"\\\]]|\\["\\\]])*)"/g)].map(([, name, value]) => [
      name!,
      value!.replace(/\\(["\\\]])/g, '$1'),
    ]),
  );
  return {
    facility: Math.floor(Number(pri) / 8),
    severity: Number(pri) % 8,
    at: at!,
    host: host!,
    app: app!,
    id: id!,
    sdId: sdId!,
    data,
    json: JSON.parse(text.slice(head!.length)),
    bytes: bytes.length,
  };
}
