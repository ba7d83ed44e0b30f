import { type RouteTemplate, signedIn } from '../route.ts'
import { policyBody, policySchema } from '../schema/policy.ts'

export const policyRoutes: readonly RouteTemplate[] = [
  signedIn({
    method: 'GET',
    path: '/policy',
    summary: 'What one’s account allows',
    input: {},
    status: 200,
    output: policySchema,
    run: ({ sharing, actor }) => sharing.policies.get(actor),
  }),
  signedIn({
    method: 'PUT',
    path: '/policy',
    summary: 'Set what the account allows, as its admin; what is left out stays',
    input: { body: policyBody },
    status: 200,
    output: policySchema,
    run: ({ sharing, actor, input }) => sharing.policies.set(actor, input.body),
  }),
]
