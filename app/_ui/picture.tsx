'use client';
import { type ReactNode, useEffect, useRef } from 'react';
import styles from './picture.module.css';

/** Moving pictures side by side. */
export const Pictures = ({ children }: { children: ReactNode }) => <div className={styles.pictures}>{children}</div>;

export interface PictureProps {
  /** What a screen reader says it is. */
  label: string;
  name: string;
  stream: MediaStream;
  muted: boolean;
  controls?: boolean;
  /** Of its connection, below the name. */
  children?: ReactNode;
}

/** What somebody sends right now, as it comes. */
export function Picture({ label, name, stream, muted, controls = false, children }: PictureProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream]);
  return (
    <figure className={styles.picture}>
      <video ref={video} autoPlay playsInline muted={muted} controls={controls} aria-label={label} />
      <figcaption>
        <b dir="auto">{name}</b>
        {children}
      </figcaption>
    </figure>
  );
}
