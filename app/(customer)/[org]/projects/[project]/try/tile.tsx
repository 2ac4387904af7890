'use client';
import { useEffect, useRef } from 'react';
import { formatNumber } from '@/app/_ui/format';
import type { PeerStatistics } from '@/media-plane/client';
import { bitrate } from './_parts/words';
import styles from './try.module.css';

export interface VideoTileProps {
  name: string;
  own?: boolean;
  stream: MediaStream;
  stats: PeerStatistics | undefined;
  sound: boolean;
}

/** One picture with what its connection does right now. */
export function VideoTile({ name, own, stream, stats, sound }: VideoTileProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream]);
  const frames = own ? stats?.framesEncoded : stats?.framesDecoded;
  return (
    <figure className={styles.tile}>
      <video
        ref={video}
        className={styles.video}
        autoPlay
        playsInline
        muted={own || !sound}
        aria-label={own ? 'Your picture' : `Picture of ${name}`}
      />
      <figcaption className={styles.caption}>
        <b dir="auto">{own ? `${name} (you)` : name}</b>
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
      </figcaption>
    </figure>
  );
}
