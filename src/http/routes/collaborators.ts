import type { AddCollaboratorInput } from '../../model/collaborator.ts'
import type { ResourceRef } from '../../model/resource.ts'
import { type RouteTemplate, signedIn } from '../route.ts'
import {
  acceptInvitationBody,
  addCollaboratorBody,
  collaboratorParams,
  collaboratorSchema,
  collaboratorsSchema,
  setRoleBody,
} from '../schema/collaborator.ts'
import { refParams } from '../schema/parts.ts'

/** The path names the resource too: what was given on another one is not found under it. */
const under = ({ type, id }: ResourceRef) => ({ resource: { type, id } })

export const collaboratorRoutes: readonly RouteTemplate[] = [
  signedIn({
    method: 'GET',
    path: '/resources/:type/:id/collaborators',
    summary: 'Who was named, oldest first; invited addresses for those who manage',
    input: { params: refParams },
    status: 200,
    output: collaboratorsSchema,
    run: async ({ sharing, actor, input }) => ({
      items: await sharing.collaborators.list(actor, input.params),
    }),
  }),
  signedIn({
    method: 'POST',
    path: '/resources/:type/:id/collaborators',
    summary: 'Give a role to an address, a user or a group; again: what was given is changed',
    input: { params: refParams, body: addCollaboratorBody },
    status: 201,
    output: collaboratorSchema,
    run: ({ sharing, actor, input }) =>
      // That it is one of the three is for the library to say, as it does to every caller.
      sharing.collaborators.add(actor, input.params, input.body as AddCollaboratorInput),
  }),
  // Before `:collaboratorId`: a framework that goes by order would take "me" for an id.
  signedIn({
    method: 'DELETE',
    path: '/resources/:type/:id/collaborators/me',
    summary: 'Give up what one was given oneself',
    input: { params: refParams },
    status: 204,
    output: null,
    run: ({ sharing, actor, input }) => sharing.collaborators.leave(actor, input.params),
  }),
  signedIn({
    method: 'PATCH',
    path: '/resources/:type/:id/collaborators/:collaboratorId',
    summary: 'Give somebody another role; links that they made and that it does not cover end',
    input: { params: collaboratorParams, body: setRoleBody },
    status: 200,
    output: collaboratorSchema,
    run: ({ sharing, actor, input }) =>
      sharing.collaborators.setRole(actor, input.params.collaboratorId, input.body.role, under(input.params)),
  }),
  signedIn({
    method: 'DELETE',
    path: '/resources/:type/:id/collaborators/:collaboratorId',
    summary: 'Take away what somebody was given, with every link that they made by its right',
    input: { params: collaboratorParams },
    status: 204,
    output: null,
    run: ({ sharing, actor, input }) =>
      sharing.collaborators.remove(actor, input.params.collaboratorId, under(input.params)),
  }),
  signedIn({
    method: 'POST',
    path: '/invitations/accept',
    summary: 'Claim the invitation that a mail’s token names',
    input: { body: acceptInvitationBody },
    status: 200,
    output: collaboratorSchema,
    run: ({ sharing, actor, input }) => sharing.invitations.accept(actor, input.body.token),
  }),
]
