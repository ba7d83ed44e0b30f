import { type RouteTemplate, signedIn } from '../route.ts'
import { linkParams } from '../schema/link.ts'
import { pageSchema, refParams } from '../schema/parts.ts'
import { auditEventSchema, recordsQuery, statsQuery, viewSchema, viewStatsSchema } from '../schema/record.ts'

export const recordRoutes: readonly RouteTemplate[] = [
  signedIn({
    method: 'GET',
    path: '/links/:id/views',
    summary: 'The recorded openings of a link, newest first',
    input: { params: linkParams, query: recordsQuery },
    status: 200,
    output: pageSchema(viewSchema),
    run: ({ sharing, actor, input }) => sharing.views.list(actor, { link: input.params.id, ...input.query }),
  }),
  signedIn({
    method: 'GET',
    path: '/links/:id/stats',
    summary: 'Openings and visitors of a link by day (UTC)',
    input: { params: linkParams, query: statsQuery },
    status: 200,
    output: viewStatsSchema,
    run: ({ sharing, actor, input }) => sharing.views.stats(actor, { link: input.params.id, ...input.query }),
  }),
  signedIn({
    method: 'GET',
    path: '/resources/:type/:id/audit',
    summary: 'What was done with a resource and its links, newest first',
    input: { params: refParams, query: recordsQuery },
    status: 200,
    output: pageSchema(auditEventSchema),
    run: ({ sharing, actor, input }) => sharing.audit.list(actor, { resource: input.params, ...input.query }),
  }),
]
