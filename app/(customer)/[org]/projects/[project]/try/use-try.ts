'use client';
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { pictureSource } from '@/media-plane/client';
import { NOBODY, TrySession, type View } from './_parts/session';
import type { SourceName } from './_parts/words';

/** The page's one session; it leaves the channel when the page is left. */
export function useTrySession(): { session: TrySession; view: View } {
  const [session] = useState(() => new TrySession());
  useEffect(() => {
    const leave = () => session.leave();
    window.addEventListener('pagehide', leave);
    return () => {
      window.removeEventListener('pagehide', leave);
      leave();
    };
  }, [session]);
  return { session, view: useSyncExternalStore(session.subscribe, session.view, () => NOBODY) };
}

/** Camera or generated picture; whatever runs is stopped before another starts and when the page is left. */
export function useSource(): { open: (name: SourceName, label: string) => Promise<MediaStream>; close: () => void } {
  const stop = useRef<() => void>(() => {});
  const close = useCallback(() => {
    stop.current();
    stop.current = () => {};
  }, []);
  useEffect(() => close, [close]);
  const open = useCallback(
    async (name: SourceName, label: string): Promise<MediaStream> => {
      close();
      if (name === 'picture') {
        const source = pictureSource({ label });
        stop.current = () => source.stop();
        return source.stream;
      }
      const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 360 }, audio: true });
      stop.current = () => {
        for (const track of stream.getTracks()) track.stop();
      };
      return stream;
    },
    [close],
  );
  return { open, close };
}
