/** What the event room counts. The names of the series stand in `prometheus.ts`. */

export type FailureClass = 'handler' | 'timeout' | 'contract' | 'poison' | 'broker';

export interface EventMetrics {
  published(subject: string): void;
  /** Handled by a group, in seconds; `lagSeconds`: since it happened. */
  processed(group: string, subject: string, seconds: number, lagSeconds: number | undefined): void;
  deliveryFailed(group: string, subject: string, why: FailureClass): void;
  duplicateSkipped(group: string, subject: string): void;
  parked(group: string, subject: string): void;
}

export const noMetrics: EventMetrics = {
  published() {},
  processed() {},
  deliveryFailed() {},
  duplicateSkipped() {},
  parked() {},
};
