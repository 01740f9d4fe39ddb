/** Templates of names on the wire. */

export const placeholder = /\{(subject|type|domain|major)\}/g;

/** Literal letters, digits, dots, underscores and dashes around `{subject}`, `{type}`, `{domain}` and `{major}`. */
export function isTemplate(template: string): boolean {
  return /^[A-Za-z0-9._-]*$/.test(template.replace(placeholder, '')) && template.search(placeholder) >= 0;
}
