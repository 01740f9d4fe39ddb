/** Where in the text of a `.proto` file a message, an enum or one of its fields stands, by the pointers that findings have. */
import { segments } from '../schema/pointer.ts';
import type { ProtoDocument } from './model.ts';

/**
 * `pointer`: of the file's model (`/Order.Item/sku` is written `/Order/Item/sku`) or of the JSON Schema of its events
 * (`/$defs/Order_Item/properties/sku`). The offset of the nearest thing above that is there; undefined for the file as a whole.
 */
export function offsetInProto(document: ProtoDocument, pointer: string): number | undefined {
  const bare = withoutComments(document.text);
  let at: number | undefined;
  for (const name of namesIn(document, segments(pointer))) {
    const found = offsetOf(bare, name, at ?? 0);
    if (found === undefined) return at;
    at = found;
  }
  return at;
}

/** Messages from the outside in, then a field. */
function namesIn({ messages }: ProtoDocument, parts: readonly string[]): readonly string[] {
  const isDefinition = parts[0] === '$defs';
  if (!isDefinition && parts[0] !== 'properties') return parts;
  const all = [...messages.values()];
  const message = isDefinition ? all.find(({ local }) => local.replaceAll('.', '_') === parts[1]) : all[0];
  if (message === undefined) return [];
  const [keyword, property] = isDefinition ? parts.slice(2) : parts;
  const field = keyword === 'properties' ? message.fields.find(({ jsonName }) => jsonName === property) : undefined;
  return [...message.local.split('.'), ...(field ? [field.name] : [])];
}

function offsetOf(text: string, name: string, from: number): number | undefined {
  const word = name.replaceAll(/[^\w]/g, '');
  const definition = new RegExp(`\\b(?:message|enum|oneof|group)\\s+${word}\\b|\\b${word}\\s*=\\s*\\d`, 'g');
  definition.lastIndex = from;
  return definition.exec(text)?.index;
}

/** With as many characters, so that offsets stay. */
function withoutComments(text: string): string {
  return text.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ' '));
}
