/** One row for each page of the console. Read by the router and by the tests, which open every one of them. */
import type { Page } from '../page.ts';
import { announceFormPage, announcePage } from './announce.tsx';
import { auditPage, verifyAuditPage } from './audit.tsx';
import { candidatePage, checkCandidatePage, keptCandidatePage } from './candidate.tsx';
import { catalogPage } from './catalog.tsx';
import { comparePage } from './compare.tsx';
import { dataPage } from './data.tsx';
import { acknowledgePage, boardPage, planPage, stepPage } from './deprecations.tsx';
import { homePage } from './home.tsx';
import { mapPage } from './map.tsx';
import { matrixPage } from './matrix.tsx';
import { decidePage, proposalPage, proposalsPage } from './proposals.tsx';
import { rulesPage } from './rules.tsx';
import { searchPage } from './search.tsx';
import { subjectPage } from './subject.tsx';
import { revokeTokenPage, tokensPage } from './tokens.tsx';
import { tryAnswerPage, tryPage } from './try.tsx';
import { waiversPage, withdrawWaiverPage } from './waivers.tsx';
import { redeliverPage, webhookPage, webhooksPage } from './webhooks.tsx';

export const pages: readonly Page[] = [
  homePage,
  searchPage,
  catalogPage,
  rulesPage,
  matrixPage,
  mapPage,
  dataPage,
  subjectPage,
  comparePage,
  candidatePage,
  checkCandidatePage,
  keptCandidatePage,
  planPage,
  stepPage,
  acknowledgePage,
  announceFormPage,
  announcePage,
  boardPage,
  tryPage,
  tryAnswerPage,
  proposalsPage,
  proposalPage,
  decidePage,
  waiversPage,
  withdrawWaiverPage,
  auditPage,
  verifyAuditPage,
  tokensPage,
  revokeTokenPage,
  webhooksPage,
  webhookPage,
  redeliverPage,
];
