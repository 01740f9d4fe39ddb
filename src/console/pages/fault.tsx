/** What happened and where to go, where a page cannot be shown. */
import type { Fault, FaultCode } from '../../errors.ts';
import type { Links } from '../links.ts';
import type { Shown } from '../page.ts';

/** A row is a fault that a person meets, with what to do about it; others say their own sentence alone. */
const remedies: Partial<Record<FaultCode, string>> = {
  CATALOG_NOT_FOUND: 'It may have another name: the home page lists all catalogs.',
  SUBJECT_NOT_FOUND: 'It may have been registered under another name: search for a part of it.',
  VERSION_NOT_FOUND: 'The page of the event lists its versions.',
  DEPRECATION_NOT_FOUND: 'The plan may have been withdrawn; the page of the event says its stage.',
  PROPOSAL_NOT_FOUND: 'It may have been removed. The list of proposals has those there are.',
  CANDIDATE_NOT_FOUND: 'Whoever has the schema can check it again from the page of the event, and keep it anew.',
  FORBIDDEN: 'An administrator of the registry can give the permission.',
  STORE_UNAVAILABLE: 'The database does not answer. Nothing is lost; try again in a moment.',
  CURSOR_INVALID: 'The list has changed since: begin at its first page.',
};

export function faultPage(fault: Fault, links: Links): Shown {
  return {
    title: fault.status === 404 ? 'Not found' : 'This did not work',
    status: fault.status,
    body: (
      <>
        <h1>{fault.status === 404 ? 'Not found' : 'This did not work'}</h1>
        <p class="banner bad">{fault.message}</p>
        <p>{remedies[fault.code]}</p>
        <p>
          <a href={links.home}>All catalogs</a> · <a href={links.search()}>Search</a>
        </p>
      </>
    ),
  };
}

export function notFoundPage(links: Links): Shown {
  return {
    title: 'Not found',
    status: 404,
    body: (
      <>
        <h1>There is no such page</h1>
        <p>
          <a href={links.home}>All catalogs</a> · <a href={links.search()}>Search</a>
        </p>
      </>
    ),
  };
}
