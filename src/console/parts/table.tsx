/** Tables that scroll sideways on small screens, and lists that are paged by cursor. */
import type { Child } from 'hono/jsx';
import { Scrolling } from './scrolling.tsx';

export function Table(props: {
  readonly caption?: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Child[])[];
  /** Shown instead of a table without rows. */
  readonly empty: string;
}): Child {
  if (props.rows.length === 0) return <p class="muted">{props.empty}</p>;
  return (
    <Scrolling label={props.caption ?? props.head.join(', ')}>
      <table>
        {props.caption !== undefined && <caption>{props.caption}</caption>}
        <thead>
          <tr>
            {props.head.map((title) => (
              <th scope="col">{title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((cells) => (
            <tr>
              {cells.map((cell) => (
                <td>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}

export function Facts({ facts }: { readonly facts: readonly (readonly [string, Child])[] }): Child {
  const stated = facts.filter(([, value]) => value !== undefined && value !== null && value !== '');
  return <dl class="facts">{stated.map(([name, value]) => [<dt>{name}</dt>, <dd>{value}</dd>])}</dl>;
}

/** The link to the next page of a list, with the filters kept. */
export function NextPage(props: {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly cursor: string | undefined;
}): Child {
  if (props.cursor === undefined) return null;
  const query = new URLSearchParams(props.query);
  query.set('cursor', props.cursor);
  return (
    <p>
      <a href={`${props.path}?${query}`} rel="next">
        Next page
      </a>
    </p>
  );
}
