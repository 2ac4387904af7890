/** What one media connection does right now. Rates are bits per second since the last reading. */
export interface PeerStatistics {
  id: string;
  direction: 'publish' | 'subscribe';
  publisher: string | null;
  bitsPerSecond: number;
  framesEncoded: number;
  framesDecoded: number;
  packetsLost: number;
  /** Of the video, 0 when there is none. */
  width: number;
  height: number;
}

export class StatisticsReader {
  #last: { bytes: number; at: number } | null = null;

  async read(
    connection: RTCPeerConnection,
    about: Pick<PeerStatistics, 'id' | 'direction' | 'publisher'>,
  ): Promise<PeerStatistics> {
    const sum = { bytes: 0, framesEncoded: 0, framesDecoded: 0, packetsLost: 0, width: 0, height: 0 };
    const report = await connection.getStats();
    report.forEach((entry: Record<string, unknown>) => {
      const number = (name: string): number => (typeof entry[name] === 'number' ? entry[name] : 0);
      if (entry.type !== 'inbound-rtp' && entry.type !== 'outbound-rtp') return;
      sum.bytes += number('bytesReceived') + number('bytesSent');
      sum.framesEncoded += number('framesEncoded');
      sum.framesDecoded += number('framesDecoded');
      sum.packetsLost += number('packetsLost');
      sum.width = Math.max(sum.width, number('frameWidth'));
      sum.height = Math.max(sum.height, number('frameHeight'));
    });
    const at = performance.now();
    const last = this.#last;
    this.#last = { bytes: sum.bytes, at };
    const { bytes, ...rest } = sum;
    const seconds = last ? (at - last.at) / 1000 : 0;
    const bitsPerSecond = last && seconds > 0 ? Math.max(0, Math.round(((bytes - last.bytes) * 8) / seconds)) : 0;
    return { ...about, ...rest, bitsPerSecond };
  }
}
