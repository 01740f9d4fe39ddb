/** `kafka://user:password@host:9092,host2:9092`: several brokers of one cluster, which no URL has; `kafkas://` is encrypted. */

export interface KafkaAddress {
  /** Each with its port. */
  readonly brokers: readonly string[];
  readonly isEncrypted: boolean;
  readonly login?: { readonly user: string; readonly password: string };
}

const form = /^kafka(?<secure>s)?:\/\/(?:(?<user>[^:@/]*)(?::(?<password>.*))?@)?(?<hosts>[^/@?]+)\/?$/;
/** A name or an address, which stands in brackets where it has colons itself. */
const broker = /^([^:[\]]+|\[[\da-f:.]+\]):\d{1,5}$/i;
const defaultPort = 9092;

/** Undefined where it is no address of Kafka. */
export function kafkaAddress(url: string): KafkaAddress | undefined {
  const { secure, user, password = '', hosts } = form.exec(url)?.groups ?? {};
  if (hosts === undefined) return undefined;
  const brokers = hosts.split(',').map((host) => (/:\d+$/.test(host) ? host : `${host}:${defaultPort}`));
  if (!brokers.every((each) => broker.test(each))) return undefined;
  return {
    brokers,
    isEncrypted: secure !== undefined,
    ...(user && { login: { user: decoded(user), password: decoded(password) } }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
