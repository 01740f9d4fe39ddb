/**
 * Which part of a group's attempts fail. A group of whose attempts none succeeds has no series of processed events, and whatever is
 * added to a missing series is missing: it counts as none.
 */
export function failureShare(labels = ''): string {
  const rate = (series: string) => `sum by (group) (rate(${series}${labels}[5m]))`;
  const [failed, processed] = [rate('delivery_failures'), rate('events_processed_total')];
  return `${failed} / (${failed} + (${processed} or ${failed} * 0))`;
}
