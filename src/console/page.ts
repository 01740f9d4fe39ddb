/** What a page of the console is: a record that the router, the access check and the tests read. */
import type { Child } from 'hono/jsx';
import type { Caller, Permission } from '../registry/caller.ts';
import type { Deliveries, Store } from '../registry/ports.ts';
import type { ValidationContext } from '../registry/validation/validate.ts';
import type { Links } from './links.ts';

/** What the verbs need; the caller is put in for each request. */
export type ConsoleDeps = Omit<ValidationContext, 'caller' | 'store'> & { readonly store: Store & Deliveries };

/** Who looks at the page. */
export interface Visitor {
  readonly caller: Caller;
  /** Shown in the header; absent where nobody has to sign in. */
  readonly name?: string;
  /** Repeated by every form; a form without it is refused. */
  readonly formToken: string;
}

export interface Asked {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The fields of a form; empty for a page that is only looked at. */
  readonly form: ReadonlyMap<string, string>;
  readonly context: ConsoleDeps & { readonly caller: Caller };
  readonly visitor: Visitor;
  readonly links: Links;
}

export interface Shown {
  readonly title: string;
  readonly body: Child;
  /** 200 where absent. */
  readonly status?: number;
  /** Which entry of the navigation it belongs to. */
  readonly section?: Section;
}

/** Sends the browser on after a form was carried out, so that reloading does not carry it out again. */
export interface Redirect {
  readonly to: string;
}

export type Section = 'catalogs' | 'try' | 'deprecations' | 'proposals' | 'governance';

export interface Page {
  readonly method: 'get' | 'post';
  /** As Hono writes it: `/catalogs/:catalog`. */
  readonly path: string;
  /** Unique; a page's name in logs and metrics. */
  readonly id: string;
  readonly permission: Permission;
  readonly render: (asked: Asked) => Promise<Shown | Redirect> | Shown | Redirect;
}
