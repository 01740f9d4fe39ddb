/** Where references point: core §8.2.3. What the targets differ in is found by comparing them. */
import { isPointer, resolve } from '../../../schema/pointer.ts';
import { splitFragment } from '../../../schema/uri.ts';
import type { Differ, Spot, Two } from '../change.ts';
import type { Reference, View } from '../view.ts';

const registered = /^(herald:\/\/.+)\/(\d+)$/;

/** False where a side refers to something unknown that the other does not: then nothing else can be compared. */
export function compareReferences(differ: Differ, two: Two, spot: Spot): boolean {
  let comparable = true;
  for (const [side, other] of [
    ['previous', 'next'],
    ['next', 'previous'],
  ] as const) {
    const known = unknownIn(two[other]);
    for (const { text, pointer, target } of two[side].references) {
      if (target !== undefined || known.includes(text)) continue;
      differ.emit('REF_UNRESOLVED', two, spot, { [side]: pointer }, { reference: text });
      comparable = false;
    }
  }
  const [previous, next] = [two.previous.references[0], two.next.references[0]];
  if (two.previous.references.length === 1 && two.next.references.length === 1)
    compareTargets(differ, two, spot, previous!, next!);
  return comparable;
}

function unknownIn({ references }: View): readonly string[] {
  return references.filter(({ target }) => target === undefined).map(({ text }) => text);
}

function compareTargets(differ: Differ, two: Two, spot: Spot, previous: Reference, next: Reference): void {
  if (previous.text === next.text || previous.target === undefined || next.target === undefined) return;
  const at = { previous: previous.pointer, next: next.pointer };
  const [, subject, from] = registered.exec(previous.text) ?? [];
  const [, sameSubject, to] = registered.exec(next.text) ?? [];
  if (subject !== undefined && subject === sameSubject) {
    differ.emit('REF_VERSION_BUMPED', two, spot, at, { subject, previous: from!, next: to! }, []);
    return;
  }
  // a definition that only got another name, or was moved, is no other definition
  if (!exists(next, previous.text)) return;
  if (differ.shape('previous', previous.target) === differ.shape('next', next.target)) return;
  differ.emit('REF_TARGET_CHANGED', two, spot, at, { previous: previous.text, next: next.text }, []);
}

function exists(beside: Reference, text: string): boolean {
  const { uri, fragment = '' } = splitFragment(text);
  const document = beside.target?.resource.document;
  return uri === '' && document !== undefined && isPointer(fragment) && resolve(document.root, fragment) !== undefined;
}
