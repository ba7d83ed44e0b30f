import { type RouteTemplate, signedIn } from '../route.ts'
import { pageSchema, refParams } from '../schema/parts.ts'
import {
  accessSchema,
  listedResourceSchema,
  resourceSchema,
  sharedQuery,
  transferBody,
  visibilityBody,
} from '../schema/resource.ts'

export const resourceRoutes: readonly RouteTemplate[] = [
  signedIn({
    method: 'GET',
    path: '/resources/:type/:id/access',
    summary: 'Everyone who can do what with a resource, and through what',
    input: { params: refParams },
    status: 200,
    output: accessSchema,
    run: async ({ sharing, actor, input }) => ({ items: await sharing.access(actor, input.params) }),
  }),
  signedIn({
    method: 'PATCH',
    path: '/resources/:type/:id',
    summary: 'Set who sees a resource without being named: nobody, its account, or everyone',
    input: { params: refParams, body: visibilityBody },
    status: 200,
    output: resourceSchema,
    run: ({ sharing, actor, input }) =>
      sharing.resources.setVisibility(actor, input.params, input.body.visibility),
  }),
  signedIn({
    method: 'POST',
    path: '/resources/:type/:id/transfer',
    summary: 'Give a resource to another person of its account; its shares stay',
    input: { params: refParams, body: transferBody },
    status: 200,
    output: resourceSchema,
    run: ({ sharing, actor, input }) =>
      sharing.resources.transfer(actor, input.params, input.body.newOwnerId, { keep: input.body.keep }),
  }),
  signedIn({
    method: 'GET',
    path: '/shared',
    summary: 'What one owns or was given, newest first',
    input: { query: sharedQuery },
    status: 200,
    output: pageSchema(listedResourceSchema),
    run: ({ sharing, actor, input }) => sharing.list(actor, input.query),
  }),
]
