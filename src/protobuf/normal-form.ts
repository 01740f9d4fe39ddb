/** The text of a file without white space: what its fingerprint is taken of. Comments count; how lines are broken does not. */
import { sha256 } from '../schema/canonical.ts';
import type { ProtoDocument } from './model.ts';

const token = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[\w.]+|[^\s\w]/g;

export function contentText({ text }: ProtoDocument): string {
  return (text.match(token) ?? []).map((each) => each.trim()).join(' ');
}

export function protoFingerprint(document: ProtoDocument): string {
  return sha256(`protobuf\n${contentText(document)}`);
}
