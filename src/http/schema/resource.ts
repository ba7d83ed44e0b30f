import { z } from 'zod'
import { hostId } from '../../model/input.ts'
import type { PageInput } from '../../model/page.ts'
import { name, type Visibility } from '../../model/resource.ts'
import { component, pageQuery, ref, time } from './parts.ts'

const visibility = z.enum(['private', 'account', 'public'])

export const visibilityBody: z.ZodType<{ visibility: Visibility }> = component(
  'SetVisibility',
  z.strictObject({ visibility }),
)

interface TransferBody {
  newOwnerId: string
  keep?: string | null | undefined
}

/** To whom, and the role that the owner so far keeps: the strongest unless set, null for none. */
export const transferBody: z.ZodType<TransferBody> = component(
  'TransferResource',
  z.strictObject({ newOwnerId: hostId, keep: name.nullable().optional() }),
)

interface ForkBody {
  /** Of an opening of this resource; without it, one forks by a right of one's own. */
  pass?: string | undefined
  /** Asked for again with the same key, it is the same copy. */
  idempotencyKey?: string | undefined
}

/** What somebody has in hand who makes a copy. */
export const forkBody: z.ZodType<ForkBody> = component(
  'ForkResource',
  z.strictObject({
    pass: z.string().max(4096).optional(),
    idempotencyKey: z.string().min(1).max(255).optional(),
  }),
)

interface SharedQuery extends PageInput {
  filter?: 'owned' | 'shared' | 'all' | undefined
  type?: string | undefined
}

/** Which of the resources that one owns or was given. */
export const sharedQuery: z.ZodType<SharedQuery> = z.object({
  filter: z.enum(['owned', 'shared', 'all']).optional(),
  type: name.optional(),
  ...pageQuery,
})

/** A resource as its owner and its account's people see it. */
export const resourceSchema: z.ZodType = component(
  'Resource',
  z.strictObject({
    ...ref.shape,
    tenantId: z.string().nullable(),
    ownerId: z.string(),
    title: z.string().nullable(),
    visibility,
    traits: z.array(z.string()),
    parent: ref.nullable(),
    forkedFrom: ref.nullable(),
    createdAt: time,
    updatedAt: time,
  }),
)

const via = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('owner'), userId: z.string() }),
  z.strictObject({ kind: z.literal('admin'), userId: z.string() }),
  z.strictObject({ kind: z.literal('visibility'), visibility: z.enum(['account', 'public']) }),
  z.strictObject({
    kind: z.literal('grant'),
    grantId: z.string(),
    grantee: z.enum(['user', 'email', 'group']),
    above: ref.nullable(),
  }),
])

const mode = z.enum(['live', 'snapshot'])

export const listedResourceSchema: z.ZodType = component(
  'ListedResource',
  z.strictObject({
    resource: resourceSchema,
    access: z.enum(['owned', 'shared']),
    role: z.string(),
    mode,
    via,
    sharedBy: z.string().nullable(),
  }),
)

const who = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('user'), userId: z.string(), email: z.string().optional() }),
  z.strictObject({ kind: z.literal('email'), email: z.string() }),
  z.strictObject({ kind: z.literal('group'), groupId: z.string() }),
  z.strictObject({ kind: z.literal('account') }),
  z.strictObject({ kind: z.literal('everyone') }),
  z.strictObject({
    kind: z.literal('link'),
    linkId: z.string(),
    name: z.string().nullable(),
    visibility: z.enum(['public', 'account']),
  }),
])

/** Everyone who can do what, and through what. */
export const accessSchema: z.ZodType = z.strictObject({
  items: z.array(
    component(
      'AccessEntry',
      z.strictObject({
        who,
        role: z.string(),
        actions: z.array(z.string()),
        via: z.enum(['owner', 'grant', 'visibility', 'link']),
        grantId: z.string().optional(),
        above: ref.optional(),
        mode,
      }),
    ),
  ),
})
