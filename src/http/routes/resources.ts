import { SharingError } from '../../errors.ts'
import { type RouteTemplate, signedIn } from '../route.ts'
import { pageSchema, refParams } from '../schema/parts.ts'
import {
  accessSchema,
  forkBody,
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
    method: 'POST',
    path: '/resources/:type/:id/fork',
    summary: 'Make a copy of one’s own of what one may see',
    input: { params: refParams, body: forkBody },
    status: 201,
    output: resourceSchema,
    run: async ({ sharing, actor, visitor, input }) => {
      const { pass, idempotencyKey } = input.body
      if (pass === undefined) return sharing.fork({ actor, resource: input.params }, { idempotencyKey })
      // A pass is for one resource: of another it is nobody's.
      const { resource } = await sharing.resume(pass, visitor)
      if (resource.type !== input.params.type || resource.id !== input.params.id) {
        throw new SharingError('not_found')
      }
      return sharing.fork({ pass, visitor }, { idempotencyKey })
    },
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
