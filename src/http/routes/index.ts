/** The table of routes: a row is one operation of the HTTP interface. The app, the OpenAPI document and /docs are made from it. */
import type { Route } from '../route.ts';
import * as access from './access.ts';
import * as catalogs from './catalogs.ts';
import * as consumers from './consumers.ts';
import * as deprecation from './deprecation.ts';
import * as governance from './governance.ts';
import * as operation from './operation.ts';
import * as proposals from './proposals.ts';
import * as schemas from './schemas.ts';
import * as search from './search.ts';
import * as subjects from './subjects.ts';
import * as tokens from './tokens.ts';
import * as transfer from './transfer.ts';
import * as validation from './validation.ts';
import * as versions from './versions.ts';
import * as webhooks from './webhooks.ts';

export const routes: readonly Route[] = [
  catalogs.listCatalogsRoute,
  catalogs.catalogSchemaRoute,
  catalogs.getCatalogRoute,
  catalogs.putCatalogRoute,
  search.searchRoute,
  subjects.listSubjectsRoute,
  subjects.getSubjectRoute,
  subjects.putSettingsRoute,
  versions.registerRoute,
  schemas.checkRoute,
  versions.listVersionsRoute,
  versions.getVersionRoute,
  versions.getDocumentRoute,
  versions.getArtifactRoute,
  versions.withdrawRoute,
  versions.compareRoute,
  schemas.getSchemaRoute,
  validation.validateRoute,
  validation.validateEventsRoute,
  consumers.declareConsumerRoute,
  consumers.withdrawConsumerRoute,
  catalogs.matrixRoute,
  catalogs.asyncApiRoute,
  deprecation.announceRoute,
  deprecation.deprecationStatusRoute,
  deprecation.advanceRoute,
  deprecation.acknowledgeRoute,
  deprecation.pairsRoute,
  deprecation.readersRoute,
  deprecation.listDeprecationsRoute,
  deprecation.calendarRoute,
  deprecation.calendarAddressRoute,
  deprecation.calendarFeedRoute,
  deprecation.pageRoute,
  governance.usageRoute,
  governance.giveWaiverRoute,
  governance.listWaiversRoute,
  proposals.proposeRoute,
  proposals.listProposalsRoute,
  proposals.getProposalRoute,
  proposals.decideRoute,
  governance.withdrawWaiverRoute,
  governance.auditRoute,
  governance.auditHeadRoute,
  access.accessRoute,
  access.accessExportRoute,
  access.dataMapRoute,
  tokens.createTokenRoute,
  tokens.listTokensRoute,
  tokens.revokeTokenRoute,
  webhooks.addWebhookRoute,
  webhooks.listWebhooksRoute,
  webhooks.removeWebhookRoute,
  webhooks.deliveriesRoute,
  webhooks.redeliverRoute,
  transfer.exportRoute,
  transfer.importRoute,
  operation.livezRoute,
  operation.readyzRoute,
  operation.metricsRoute,
  operation.openApiRoute,
  operation.docsRoute,
  operation.indexRoute,
];
