import { SharingError } from '../../errors.ts'
import type { Access } from '../../model/access.ts'
import type { Visitor } from '../../model/actor.ts'
import { anyone, type RouteTemplate } from '../route.ts'
import { refreshBody, refreshedSchema } from '../schema/refs.ts'

export const refRoutes: readonly RouteTemplate[] = [
  anyone({
    method: 'POST',
    path: '/refs/refresh',
    summary: 'Data of a shared resource, each piece as its reader may see it, with a token of theirs for it',
    input: { body: refreshBody },
    status: 200,
    output: refreshedSchema,
    run: async ({ sharing, input, visitor }) => ({
      items: await sharing.refresh(accessOf(input.body, visitor), input.body.refs),
    }),
  }),
]

function accessOf({ pass, resource }: (typeof refreshBody)['_output'], visitor: Visitor): Access {
  if (resource === undefined) return { pass: pass!, visitor }
  if (!visitor.actor)
    throw new SharingError('authentication_required', { message: 'Sign in, or bring a pass.' })
  return { actor: visitor.actor, resource }
}
