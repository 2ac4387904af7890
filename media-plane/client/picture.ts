/**
 * A generated camera and microphone: a moving test picture with a running clock and a quiet tone, for machines that have
 * neither and for tests. `stop` ends both.
 */
export interface PictureSource {
  stream: MediaStream;
  stop(): void;
}

export function pictureSource(options: {
  label: string;
  width?: number;
  height?: number;
  framesPerSecond?: number;
  tone?: boolean;
}): PictureSource {
  const { label, width = 640, height = 360, framesPerSecond = 20, tone = true } = options;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser cannot draw.');
  const hue = [...label].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) % 360, 0);
  let frame = 0;
  const draw = (): void => {
    frame++;
    context.fillStyle = `hsl(${hue} 45% 18%)`;
    context.fillRect(0, 0, width, height);
    context.fillStyle = `hsl(${hue} 70% 55%)`;
    const x = (width - 80) * (0.5 + 0.5 * Math.sin(frame / 20));
    const y = (height - 80) * (0.5 + 0.5 * Math.cos(frame / 33));
    context.fillRect(x, y, 80, 80);
    context.fillStyle = '#fff';
    context.font = `${Math.round(height / 12)}px sans-serif`;
    context.fillText(label.slice(0, 40), 16, height / 8);
    context.fillText(new Date().toISOString().slice(11, 23), 16, height - 20);
  };
  draw();
  // A timer and not requestAnimationFrame, which stops in a hidden tab.
  const timer = setInterval(draw, 1000 / framesPerSecond);
  const stream = canvas.captureStream(framesPerSecond);
  const sound = tone ? quietTone(220 + hue) : null;
  if (sound) stream.addTrack(sound.track);
  return {
    stream,
    stop() {
      clearInterval(timer);
      for (const track of stream.getTracks()) track.stop();
      sound?.stop();
    },
  };
}

function quietTone(hertz: number): { track: MediaStreamTrack; stop: () => void } | null {
  const audio = new AudioContext();
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  const out = audio.createMediaStreamDestination();
  oscillator.frequency.value = hertz;
  gain.gain.value = 0.05;
  oscillator.connect(gain).connect(out);
  oscillator.start();
  const [track] = out.stream.getAudioTracks();
  return track ? { track, stop: () => void audio.close() } : null;
}
