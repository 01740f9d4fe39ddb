/** What Kafka says, or its client for it: the word of the protocol first, and what several requests were told one by one. */

interface KafkaError extends Error {
  /** Kafka's own word, such as TOPIC_AUTHORIZATION_FAILED. */
  readonly type?: string;
  readonly originalError?: unknown;
  readonly errors?: readonly unknown[];
}

/** https://kafka.apache.org/protocol#protocol_error_codes: what is to be done about the words that people meet most. */
const remedies: Readonly<Record<string, string>> = {
  CLUSTER_AUTHORIZATION_FAILED:
    'whoever provisions needs Alter, Describe, AlterConfigs and DescribeConfigs on the cluster',
  TOPIC_AUTHORIZATION_FAILED: 'whoever provisions needs Create, Alter, AlterConfigs and DescribeConfigs on its topics',
  GROUP_AUTHORIZATION_FAILED: 'whoever provisions needs Read on the groups that begin with herald-provision-',
  INVALID_REPLICATION_FACTOR:
    'the cluster has fewer brokers than the catalog asks for replicas, or is older than 2.4 and the catalog states none',
  POLICY_VIOLATION:
    'a policy of the cluster forbids it (create.topic.policy.class.name, alter.config.policy.class.name)',
};

export function saidBy(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { type, message, errors = [], originalError } = error as KafkaError;
  if (errors.length > 0) return [...new Set(errors.map(saidBy))].join('; ');
  if (type === undefined && originalError instanceof Error && originalError !== error) return saidBy(originalError);
  const said = message.replace(/\.$/, '');
  if (said === 'Closed connection')
    return `${said} (what answers ends the connection: is it Kafka 2.4 or later, and is it TLS: kafkas://?)`;
  if (type === undefined) return said;
  const remedy = Object.hasOwn(remedies, type) ? ` (${remedies[type]})` : '';
  return `${type}: ${said}${remedy}`;
}
