/** Which of some channels stand in which stream: most of what a broker is asked, it is asked of a stream. */
import type { Channel } from './bus.ts';

export function byStream(channels: readonly Channel[]): ReadonlyMap<string, readonly Channel[]> {
  const streams = new Map<string, Channel[]>();
  for (const channel of channels) streams.set(channel.stream, [...(streams.get(channel.stream) ?? []), channel]);
  return streams;
}
