/**
 * The few globals that every host of the kernel has (Node, browsers) and the ECMAScript library does not declare. The
 * kernel compiles against `es2023` alone, so that anything else fails to compile; where the DOM library is loaded too,
 * its own declarations win.
 */
interface KernelTextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}
interface KernelTextDecoder {
  decode(bytes?: Uint8Array): string;
}
declare var TextEncoder: typeof globalThis extends { onmessage: unknown; TextEncoder: infer T }
  ? T
  : new () => KernelTextEncoder;
declare var TextDecoder: typeof globalThis extends { onmessage: unknown; TextDecoder: infer T }
  ? T
  : new (
      label?: string,
      options?: { fatal?: boolean; ignoreBOM?: boolean },
    ) => KernelTextDecoder;
declare function atob(data: string): string;
declare function btoa(data: string): string;
