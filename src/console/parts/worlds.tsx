/** Both worlds and both directions side by side; the one that decides is marked. */
import type { Child } from 'hono/jsx';
import { type Direction, directions, type Level, type Verdict, type World, worlds } from '../../compat/report.ts';
import { Badge } from './badge.tsx';
import { Scrolling } from './scrolling.tsx';

interface Props {
  readonly worlds: Readonly<Record<World, Readonly<Record<Direction, { readonly verdict: Verdict }>>>>;
  readonly world: World;
  readonly level: Level;
}

const meaning: Readonly<Record<Direction, string>> = {
  backward: 'stored events, new schema (backward)',
  forward: 'new events, running consumers (forward)',
};

export function WorldsTable(props: Props): Child {
  return (
    <Scrolling label="Verdicts">
      <table>
        <caption>
          {props.level} in the {props.world} world decides.
        </caption>
        <thead>
          <tr>
            <th scope="col">world</th>
            {directions.map((direction) => (
              <th scope="col">{meaning[direction]}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {worlds.map((world) => (
            <tr>
              <th scope="row">
                {world} {world === props.world && <Badge word="decides" tone="info" />}
              </th>
              {directions.map((direction) => (
                <td>
                  <Badge word={props.worlds[world][direction].verdict} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}
