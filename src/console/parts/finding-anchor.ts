/** The id of a finding on its page, for links from the lines and fields it is about. */
const digits = 12;

export function findingAnchor({ fingerprint }: { readonly fingerprint: string }): string {
  return `finding-${fingerprint.slice(0, digits)}`;
}
