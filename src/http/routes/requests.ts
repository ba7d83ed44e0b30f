import { type RouteTemplate, signedIn } from '../route.ts'
import { collaboratorSchema } from '../schema/collaborator.ts'
import { refParams } from '../schema/parts.ts'
import {
  accessRequestsSchema,
  approveRequestBody,
  createRequestBody,
  deniedRequestSchema,
  denyRequestBody,
  requestParams,
} from '../schema/request.ts'
import { tokenParams } from '../schema/share.ts'

export const requestRoutes: readonly RouteTemplate[] = [
  signedIn({
    method: 'POST',
    path: '/resources/:type/:id/requests',
    summary:
      'Ask for a role; the answer is the same where nothing is, where it is hidden, or asked for already',
    input: { params: refParams, body: createRequestBody },
    status: 202,
    output: null,
    run: ({ sharing, actor, input }) => sharing.requests.create(actor, input.params, input.body),
  }),
  signedIn({
    method: 'POST',
    path: '/share/:token/requests',
    summary: 'Ask for a role on what a link leads to, whatever else the link asks for; answered as by id',
    input: { params: tokenParams, body: createRequestBody },
    status: 202,
    output: null,
    run: ({ sharing, actor, input }) => sharing.requests.create(actor, input.params.token, input.body),
  }),
  signedIn({
    method: 'GET',
    path: '/resources/:type/:id/requests',
    summary: 'Who asks for a role, open requests first',
    input: { params: refParams },
    status: 200,
    output: accessRequestsSchema,
    run: async ({ sharing, actor, input }) => ({
      items: await sharing.requests.list(actor, input.params),
    }),
  }),
  signedIn({
    method: 'POST',
    path: '/requests/:id/approve',
    summary: 'Give whoever asked the role that they asked for, or another',
    input: { params: requestParams, body: approveRequestBody },
    status: 200,
    output: collaboratorSchema,
    run: ({ sharing, actor, input }) => sharing.requests.approve(actor, input.params.id, input.body),
  }),
  signedIn({
    method: 'POST',
    path: '/requests/:id/deny',
    summary: 'Refuse a request; whoever asked may ask again',
    input: { params: requestParams, body: denyRequestBody },
    status: 200,
    output: deniedRequestSchema,
    async run({ sharing, actor, input }) {
      const { id } = input.params
      await sharing.requests.deny(actor, id)
      return { id, status: 'denied' }
    },
  }),
]
