/** Partitions of a topic where the catalog states no lanes. */
export const kafkaPartitions = 6;

/** https://kafka.apache.org/documentation/#topicconfigs: what a topic may be called. */
export const kafkaTopicPattern = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/;

/** The object that our members write beside an offset; undefined where another program wrote something else, or nothing. */
export function kafkaCommitText(text: string | null | undefined): object | undefined {
  try {
    // Confluent's client ends it with a NUL
    const value: unknown = JSON.parse((text ?? '').replace(/\0$/, ''));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Which subjects of its topic a group reads, by what stands beside its offset; undefined where another program committed it. */
export function kafkaReads(text: string | null | undefined): readonly string[] | undefined {
  const written: { readonly a?: unknown } | undefined = kafkaCommitText(text);
  return Array.isArray(written?.a) ? written.a.map(String) : undefined;
}
