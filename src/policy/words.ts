/** Names as words: `division_opened`, `motionScheduled`, `sign-up` and `HTTPError` are two words each. */

export function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(/[\s_.-]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}

/** One row per style a name may be written in; read by the rules about names of subjects and of fields. */
export const nameStyle = {
  lower: /^[a-z][a-z0-9]*$/,
  snake: /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/,
  camel: /^[a-z][A-Za-z0-9]*$/,
  kebab: /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
  pascal: /^[A-Z][A-Za-z0-9]*$/,
  any: /^.+$/,
} as const satisfies Readonly<Record<string, RegExp>>;

const nameStyles = ['snake', 'camel', 'kebab', 'pascal'] as const;
export type NameStyle = (typeof nameStyles)[number];

export function isNameStyle(value: unknown): value is NameStyle {
  return nameStyles.some((style) => style === value);
}

const knownStyles = new Map<string, NameStyle | undefined>();
const maxKnownStyles = 50_000;

/** The one style `name` can be in; undefined where several would do, as for a name of one word. */
export function onlyStyleOf(name: string): NameStyle | undefined {
  if (knownStyles.has(name)) return knownStyles.get(name);
  if (knownStyles.size >= maxKnownStyles) knownStyles.clear();
  const fitting = nameStyles.filter((style) => nameStyle[style].test(name));
  const style = fitting.length === 1 ? fitting[0] : undefined;
  knownStyles.set(name, style);
  return style;
}

/** Of the styles that were counted the commonest; of two as common, the first of the list above. */
export function commonestStyle(counts: ReadonlyMap<NameStyle, number>): NameStyle | undefined {
  const count = (style: NameStyle) => counts.get(style) ?? 0;
  return nameStyles.filter((style) => count(style) > 0).toSorted((left, right) => count(right) - count(left))[0];
}

/** Verbs whose past participle does not end in "-ed": participle by base form. Read by the rule that names state facts. */
const irregular: ReadonlyMap<string, string> = new Map(
  (
    'bend:bent bite:bitten bleed:bled blow:blown breed:bred burn:burnt cling:clung creep:crept dig:dug dream:dreamt drink:drunk ' +
    'eat:eaten flee:fled fling:flung forbid:forbidden foresee:foreseen forgive:forgiven grind:ground hang:hung hurt:hurt ' +
    'kneel:knelt lean:leant leap:leapt light:lit mean:meant mislead:misled mistake:mistaken misunderstand:misunderstood ' +
    'outbid:outbid outgrow:outgrown oversee:overseen oversell:oversold overtake:overtaken overthrow:overthrown overwrite:overwritten ' +
    'quit:quit redo:redone rerun:rerun retake:retaken rethink:rethought reread:reread ride:ridden ring:rung seek:sought ' +
    'shoot:shot shrink:shrunk sing:sung sink:sunk sit:sat sleep:slept slide:slid sow:sown spill:spilt spring:sprung ' +
    'stick:stuck sting:stung sweep:swept swim:swum swing:swung tear:torn undertake:undertaken underwrite:underwritten ' +
    'unbind:unbound unwind:unwound wake:woken wear:worn weave:woven weep:wept wind:wound withstand:withstood wring:wrung ' +
    'beat:beaten become:become begin:begun bid:bid bind:bound break:broken bring:brought build:built ' +
    'buy:bought cast:cast catch:caught choose:chosen come:come cost:cost cut:cut deal:dealt do:done ' +
    'draw:drawn drive:driven fall:fallen feed:fed fight:fought find:found fly:flown forget:forgotten ' +
    'freeze:frozen get:got give:given go:gone grow:grown hear:heard hide:hidden hit:hit hold:held ' +
    'keep:kept know:known lay:laid lead:led learn:learnt leave:left lend:lent let:let lose:lost make:made ' +
    'meet:met offset:offset overdraw:overdrawn override:overridden pay:paid prove:proven put:put ' +
    'read:read rebuild:rebuilt repay:repaid reset:reset resend:resent rise:risen run:run say:said ' +
    'see:seen sell:sold send:sent set:set shake:shaken show:shown shut:shut speak:spoken spend:spent ' +
    'spin:spun split:split spread:spread stand:stood steal:stolen strike:struck swear:sworn take:taken ' +
    'teach:taught tell:told think:thought throw:thrown undo:undone unset:unset understand:understood ' +
    'upset:upset win:won withdraw:withdrawn withhold:withheld write:written rewrite:rewritten'
  )
    .split(' ')
    .map((pair) => {
      const [verb = '', participle = ''] = pair.split(':');
      return [verb, participle];
    }),
);

const participles = new Set(irregular.values());

/** Past forms that are no participle: `vote.began` states a fact as well as `vote.begun`. */
const simplePasts = new Set(
  (
    'arose ate became began bit blew bore broke came chose did drank drew drove fell flew forbade forgave forgot froze ' +
    'gave got grew hid knew lay outgrew overdrew overrode oversaw overtook overwrote ran rang redid rewrote rode rose sang sank ' +
    'saw shook showed shrank spoke sprang stole strode struck swam swore took threw tore undertook underwent undid went withdrew ' +
    'woke wore wove wrote'
  ).split(' '),
);

/** Words in "-ed" that are no participles. */
const deceptive = new Set([
  'bed',
  'biped',
  'embed',
  'exceed',
  'feed',
  'heed',
  'hundred',
  'indeed',
  'need',
  'proceed',
  'quadruped',
  'red',
  'sacred',
  'seed',
  'shed',
  'speed',
  'succeed',
  'weed',
]);

/** Particles that follow a participle without undoing it: `signed_up`, `takenOver`. */
const particles = new Set(['away', 'back', 'down', 'in', 'off', 'on', 'out', 'over', 'through', 'up']);

/** Whether the last of `words` says that something has happened. */
export function statesFact(words: readonly string[]): boolean {
  const last = words.at(-1);
  if (last === undefined) return false;
  if (particles.has(last) && words.length > 1) return statesFact(words.slice(0, -1));
  return (
    participles.has(last) || simplePasts.has(last) || (last.endsWith('ed') && last.length > 3 && !deceptive.has(last))
  );
}

/** Verbs that names are wrongly given in the imperative. For others the participle looks like a noun's. */
const regular = new Set(
  (
    'accept activate add apply approve archive assign block cancel change check claim close complete compute confirm ' +
    'create deactivate decline decrement delete deny disable dismiss enable end escalate execute expire export fail finish ' +
    'flag import increment index ingest insert install invite issue join load lock log merge migrate modify move notify open order ' +
    'parse pause process publish record refresh refund register reject release remove rename replace request resolve restore ' +
    'resume retire retry revoke save schedule ship sign start stop submit suspend sync transfer trigger unlock update ' +
    'upgrade upload validate verify'
  ).split(' '),
);

/** The past participle of `verb`, where it is a verb this table knows. */
export function participleOf(verb: string): string | undefined {
  const known = irregular.get(verb);
  if (known !== undefined) return known;
  if (!regular.has(verb)) return undefined;
  if (verb.endsWith('e')) return `${verb}d`;
  if (/[^aeiou]y$/.test(verb)) return `${verb.slice(0, -1)}ied`;
  if (['cancel', 'flag', 'log', 'ship', 'stop', 'submit', 'transfer'].includes(verb)) return `${verb}${verb.at(-1)}ed`;
  return `${verb}ed`;
}
