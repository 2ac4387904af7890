/** React's client for server components, as the build of Next ships it; it has no types. */
declare module 'next/dist/compiled/react-server-dom-webpack/client.node' {
  /** The arguments of a server action as a browser sends them. */
  export function encodeReply(value: unknown): Promise<string | FormData>;
}
