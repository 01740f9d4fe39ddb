/** Who claims a name of the broker: two of one run that want the same, or a catalog that provisioned it before. */
import type { Remark } from './plan.ts';
import { type Found, keyOf, type Wanted } from './resource.ts';

/** A row is a kind and where in catalog.json the names of such come from. */
const places: Readonly<Record<string, string>> = {
  stream: '/domains/*/stream',
  exchange: '/domains/*/stream',
  topic: '/transports/kafka/topic',
  durable: '/delivery/groups',
  group: '/delivery/groups',
  queue: '/delivery/groups and /delivery/queues',
  acl: '/delivery/groups',
};

/** `there`: what is on the broker, by key. */
export function claimRemarks(
  wanted: readonly Wanted[],
  there: ReadonlyMap<string, Found>,
  catalogs: readonly string[],
): readonly Remark[] {
  return [...withoutEchoes(twice(wanted)), ...withoutEchoes(foreign(wanted, there, catalogs))];
}

interface Claim {
  readonly one: Wanted;
  readonly remark: Remark;
}

/** Of what stands in something or follows from it, nothing is said that was said of that. */
function withoutEchoes(claims: readonly Claim[]): readonly Remark[] {
  const names = new Set(claims.map(({ one }) => one.name));
  return claims
    .filter(({ one: { of, follows = of } }) => follows === undefined || !names.has(follows))
    .map(({ remark }) => remark);
}

function twice(wanted: readonly Wanted[]): readonly Claim[] {
  const seen = new Map<string, Wanted>();
  return wanted.flatMap((one): Claim[] => {
    const other = seen.get(keyOf(one));
    seen.set(keyOf(one), one);
    if (other === undefined) return [];
    return [{ one, remark: problem('name-collision', one, `${collision(other, one)} ${anotherName(one)}.`) }];
  });
}

function collision(other: Wanted, one: Wanted): string {
  const { kind, name } = one;
  if (other.catalog !== one.catalog)
    return `The name ${name} is wanted by ${other.catalog} and ${one.catalog}: the broker has one such ${kind}.`;
  const [first, second] = [other.called ?? name, one.called ?? name];
  return first === second
    ? `The name ${name} is wanted twice in ${one.catalog}: the broker has one such ${kind}.`
    : `${first} and ${second} of ${one.catalog} are both the ${kind} ${name} here, since the broker forbids some signs in names.`;
}

function foreign(
  wanted: readonly Wanted[],
  there: ReadonlyMap<string, Found>,
  catalogs: readonly string[],
): readonly Claim[] {
  return wanted.flatMap((one): Claim[] => {
    const { catalog } = there.get(keyOf(one)) ?? {};
    if (catalog === undefined || one.onlyMade || catalogs.includes(catalog)) return [];
    const message = `The ${one.kind} ${one.name} was provisioned from the catalog ${catalog}. ${anotherName(one)}, or, where ${catalog} has given it up, provision both together.`;
    return [{ one, remark: problem('other-catalog', one, message) }];
  });
}

function problem(code: string, one: Wanted, message: string): Remark {
  return { level: 'problem', code, about: keyOf(one), message };
}

function anotherName({ kind, catalog }: Wanted): string {
  const place = Object.hasOwn(places, kind) ? ` (${places[kind]} in its catalog.json)` : '';
  return `Give that of ${catalog} another name${place}`;
}
