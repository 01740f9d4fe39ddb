/** The two questions of compatibility with their answers in both worlds; the world that decides comes first. */
import type { Child } from 'hono/jsx';
import { enforcedDirections } from '../../compat/compare.ts';
import { type Direction, directions, type Level, type Verdict, type World, worlds } from '../../compat/report.ts';
import { Badge } from './badge.tsx';

interface Props {
  readonly worlds: Readonly<Record<World, Readonly<Record<Direction, { readonly verdict: Verdict }>>>>;
  readonly world: World;
  readonly level: Level;
}

const questions: Readonly<Record<Direction, readonly [string, string]>> = {
  backward: ['Stored events', 'Does the new schema read every event that was written before?'],
  forward: ['Running consumers', 'Do consumers with an earlier schema read what is sent from now on?'],
};

const answers: Readonly<Record<Verdict, string>> = { compatible: 'Yes', incompatible: 'No', undecided: 'Not decided' };

export function Verdicts({ worlds: reports, world, level }: Props): Child {
  const enforced = enforcedDirections(level);
  const ordered = [world, ...worlds.filter((one) => one !== world)];
  return (
    <section aria-label="Verdicts">
      <div class="verdicts">
        {directions.map((direction) => {
          const { verdict } = reports[world][direction];
          const [title, question] = questions[direction];
          return (
            <div class={`verdict ${enforced.includes(direction) ? verdict : 'unasked'}`}>
              <p>
                <strong>{title}</strong> <span class="muted">{direction}</span>
              </p>
              <p class="answer">{answers[verdict]}</p>
              <p>{question}</p>
              <p class="muted">
                {ordered.map((one) => (
                  <span class="world">
                    {one} world <Badge word={reports[one][direction].verdict} />{' '}
                  </span>
                ))}
              </p>
              {!enforced.includes(direction) && <p class="muted">The level {level} does not ask for it.</p>}
            </div>
          );
        })}
      </div>
      <p class="muted">
        {level} in the {world} world decides. Closed: writers send what their schema declares. Open: they send anything
        it accepts, undeclared members too.
      </p>
    </section>
  );
}
