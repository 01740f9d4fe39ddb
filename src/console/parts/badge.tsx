/** Small words in colour: verdicts, stages, levels, severities. The word says it too; colour only helps. */
import type { Child } from 'hono/jsx';

type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'plain';

/** A row is one word of the registry with the tone it is shown in; what is not listed is plain. */
const tones: Readonly<Record<string, Tone>> = {
  compatible: 'ok',
  incompatible: 'bad',
  undecided: 'warn',
  error: 'bad',
  warning: 'warn',
  info: 'info',
  active: 'ok',
  announced: 'info',
  'dual-writing': 'info',
  migrating: 'warn',
  retired: 'bad',
  pending: 'warn',
  moved: 'ok',
  acknowledged: 'ok',
  major: 'bad',
  minor: 'ok',
  patch: 'info',
  refused: 'bad',
  done: 'ok',
  parked: 'bad',
  delivered: 'ok',
  open: 'info',
  approved: 'ok',
  rejected: 'bad',
  withdrawn: 'plain',
  expired: 'plain',
};

export function Badge({ word, tone }: { readonly word: string; readonly tone?: Tone }): Child {
  return <span class={`badge ${tone ?? (Object.hasOwn(tones, word) ? tones[word] : 'plain')}`}>{word}</span>;
}

/** A classification level: the further up the catalog's list, the stronger the tone. */
export function LevelBadge({ level, levels }: { readonly level: string; readonly levels: readonly string[] }): Child {
  const rank = levels.indexOf(level);
  const top = levels.length - 1;
  const tone: Tone = rank <= 0 ? 'plain' : rank === top ? 'bad' : rank === top - 1 && top > 1 ? 'warn' : 'info';
  return <Badge word={level} tone={tone} />;
}

export function Tags({ tags }: { readonly tags: readonly string[] }): Child {
  return tags.map((tag) => [<Badge word={tag} tone="info" />, ' ']);
}
