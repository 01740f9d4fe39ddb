/** Tables that scroll sideways on small screens, and lists that are paged by cursor. */
import type { Child } from 'hono/jsx';

export function Table(props: {
  readonly caption?: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Child[])[];
  /** Shown instead of a table without rows. */
  readonly empty: string;
}): Child {
  if (props.rows.length === 0) return <p class="muted">{props.empty}</p>;
  return (
    // reachable by keyboard, since it may have to be scrolled
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take the focus (WCAG 2.1.1)
    <div class="scroll" tabindex={0} role="region" aria-label={props.caption ?? props.head.join(', ')}>
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
    </div>
  );
}

export function Facts({ facts }: { readonly facts: readonly (readonly [string, Child])[] }): Child {
  const stated = facts.filter(([, value]) => value !== undefined && value !== null && value !== '');
  return (
    <dl class="facts">
      {stated.map(([name, value]) => [<dt>{name}</dt>, <dd>{value}</dd>])}
    </dl>
  );
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
