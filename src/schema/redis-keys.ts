/** What a bus on Redis keeps under which key. Everything of one stream carries the same hash tag, so that scripts may touch it together. */

export interface Keys {
  stream(stream: string): string;
  /** Hash: group → addresses it reads, as JSON. */
  groups(stream: string): string;
  /** Hash: `retentionMs`, `catalog` where it was provisioned, and `group:<name>` for each of its groups that was. */
  settings(stream: string): string;
  id(stream: string, id: string): string;
  lease(stream: string, group: string): string;
}

export function keysOf(prefix: string): Keys {
  const of = (stream: string) => `${prefix}{${stream}}`;
  return {
    stream: of,
    groups: (stream) => `${of(stream)}:groups`,
    settings: (stream) => `${of(stream)}:settings`,
    id: (stream, id) => `${of(stream)}:id:${id}`,
    lease: (stream, group) => `${of(stream)}:lease:${group}`,
  };
}
