/** In what a file and what is known where the version is registered differ about one reader, in words. */
import { canonicalize } from '../../schema/canonical.ts';
import type { Pointer } from '../../schema/pointer.ts';
import { partOf, type ReadPart } from './known.ts';
import type { Statement } from './statement.ts';

export function differencesOf(files: readonly Statement[], known: readonly Statement[]): readonly string[] {
  const [file, other] = [partOf(files), partOf(known)];
  const has = (statements: readonly Statement[], demand: string) =>
    statements.some((one) => demandText(one) === demand);
  const demands = [...new Set([...files, ...known].flatMap((one) => demandText(one) ?? []))];
  const isCritical = (statements: readonly Statement[]) => statements.some(({ critical }) => critical);
  return [
    ...readsDiffer(file, other),
    ...(demands.some((one) => !has(files, one)) ? ['does not state a schema that is stated there'] : []),
    ...(demands.some((one) => !has(known, one)) ? ['states a schema that is not stated there'] : []),
    ...(isCritical(known) && !isCritical(files) ? ['does not call it critical'] : []),
    ...(isCritical(files) && !isCritical(known) ? ['calls it critical'] : []),
  ];
}

function demandText({ demand }: Statement): string | undefined {
  return demand && canonicalize(demand.root);
}

function readsDiffer({ reads }: ReadPart, { reads: others, demands }: ReadPart): readonly string[] {
  if (reads === undefined) return others === undefined ? [] : ['says that it reads everything'];
  if (others === undefined) return ['names fields, where everything is taken as read'];
  const fewer = others.filter((pointer) => !reads.includes(pointer));
  const more = demands.length > 0 && others.length === 0 ? [] : reads.filter((pointer) => !others.includes(pointer));
  return [
    ...(fewer.length > 0 ? [`leaves out ${named(fewer)}`] : []),
    ...(more.length > 0 ? [`adds ${named(more)}`] : []),
  ];
}

const maxNamed = 10;

function named(pointers: readonly Pointer[]): string {
  const shown = pointers.slice(0, maxNamed).map((pointer) => pointer || 'the event itself');
  return shown.join(', ') + (pointers.length > maxNamed ? ` and ${pointers.length - maxNamed} more` : '');
}
