/** `email`: Mailbox of RFC 5321 §4.1.2. `idn-email`: the same with what RFC 6531 §3.3 adds, any character beyond ASCII. */
import { ipv4, ipv6 } from './ip.ts';

const beyondAscii = '\\u{80}-\\u{D7FF}\\u{E000}-\\u{10FFFF}';

function mailbox(more: string): RegExp {
  const atom = `[A-Za-z0-9!#$%&'*+/=?^_\`{|}~\\-${more}]+`;
  const quoted = `"(?:[ !#-\\[\\]-~${more}]|\\\\[ -~])*"`;
  const letter = `[A-Za-z0-9${more}]`;
  const label = `${letter}(?:[A-Za-z0-9\\-${more}]*${letter})?`;
  const literal = `\\[(?:${ipv4}|[Ii][Pp][Vv]6:(?:${ipv6}))\\]`;
  return new RegExp(`^(?:${atom}(?:\\.${atom})*|${quoted})@(?:${label}(?:\\.${label})*|${literal})$`, 'u');
}

export const email = mailbox('');
export const idnEmail = mailbox(beyondAscii);
