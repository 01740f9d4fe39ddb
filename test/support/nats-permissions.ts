/** What a nats-server lets somebody do, asked of it. */
import type { NatsConnection } from '@nats-io/transport-node';

export function isRefusal(error: unknown): boolean {
  return error instanceof Error && (error.name === 'PermissionViolationError' || isRefusal(error.cause));
}

/** Whether the server lets somebody send there, whatever it answers: a refusal comes before the answer to a ping that was sent later. */
export async function mayPublish(nc: NatsConnection, subject: string, body = '{}'): Promise<boolean> {
  let isRefused = false;
  const asking = nc.request(subject, body, { timeout: 5_000 }).catch((error: unknown) => {
    isRefused = isRefusal(error);
  });
  await nc.flush();
  await Promise.race([asking, new Promise((resolve) => setTimeout(resolve, 20))]);
  return !isRefused;
}

/** The server tells of a subscription it refuses before it answers a ping. */
export async function maySubscribe(nc: NatsConnection, subject: string): Promise<boolean> {
  let refused = false;
  const subscription = nc.subscribe(subject, {
    callback: (error) => {
      refused ||= error !== null;
    },
  });
  await nc.flush();
  await new Promise((resolve) => setTimeout(resolve, 5));
  subscription.unsubscribe();
  return !refused;
}
