/** What streams and groups are called on RabbitMQ: one recipe for the runtime and for provisioning. */

/** The queue of the type `stream` that keeps what goes through the exchange of a stream. */
export const rabbitLog = (stream: string): string => `${stream}.log`;

/** Where groups write what they read, since RabbitMQ tells nobody. */
export const rabbitRecords = (stream: string): string => `${stream}.groups`;

/** What a group has still to read that was stored before it began. */
export const rabbitHistory = (group: string): string => `${group}.history`;

export const rabbitDead = (queue: string): string => `${queue}.dead`;

/** Headers of a record. */
export const rabbitRecordHeaders = { group: 'herald-group', addresses: 'herald-addresses' } as const;

/** Under this key a reader marks the end of a log. */
export const rabbitMarkKey = 'herald.mark';

/** Commands that are not sent to their queue directly, so that who may send which can be told apart. */
export const rabbitCommands = 'herald.commands';
