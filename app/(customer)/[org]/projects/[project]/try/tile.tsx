import { formatNumber } from '@/app/_ui/format';
import { Picture } from '@/app/_ui/picture';
import type { PeerStatistics } from '@/media-plane/client';
import { bitrate } from './_parts/words';

export interface VideoTileProps {
  name: string;
  own?: boolean;
  stream: MediaStream;
  stats: PeerStatistics | undefined;
  sound: boolean;
}

/** One picture with what its connection does right now. */
export function VideoTile({ name, own = false, stream, stats, sound }: VideoTileProps) {
  const frames = own ? stats?.framesEncoded : stats?.framesDecoded;
  return (
    <Picture
      label={own ? 'Your picture' : `Picture of ${name}`}
      name={own ? `${name} (you)` : name}
      stream={stream}
      muted={own || !sound}
    >
      <span>{bitrate(stats?.bitsPerSecond ?? 0)}</span>
      <span>
        <span data-frames={own ? 'encoded' : 'decoded'}>{formatNumber(frames ?? 0)}</span> frames{' '}
        {own ? 'sent' : 'shown'}
      </span>
      {own ? null : <span>{formatNumber(stats?.packetsLost ?? 0)} packets lost</span>}
      {stats && stats.width > 0 ? (
        <span>
          {stats.width}×{stats.height}
        </span>
      ) : null}
    </Picture>
  );
}
