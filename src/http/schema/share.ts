import { z } from 'zod'
import { component, ref, time } from './parts.ts'

/** A token in a path: what is none is answered as one that nobody knows. */
export const tokenParams: z.ZodObject<{ token: z.ZodString }> = z.object({ token: z.string() })

const pass = z.string().max(4096)
interface OpenBody {
  password?: string | undefined
  /** Of an earlier opening of the same link by the same reader: it goes on, and no second view is spent. */
  pass?: string | undefined
}

/** What a reader brings to a link. */
export const openBody: z.ZodType<OpenBody> = component(
  'OpenShare',
  z.strictObject({
    password: z.string().max(1024).optional(),
    pass: pass.optional(),
  }),
)

export const resumeBody: z.ZodType<{ pass: string }> = component('ResumeShare', z.strictObject({ pass }))

/** What was opened before its reader signed in. */
export const attachBody: z.ZodType<{ pass: string }> = component('AttachShare', z.strictObject({ pass }))

const openedObject = component(
  'OpenedShare',
  z.strictObject({
    kind: z.literal('opened'),
    resource: z.strictObject({ ...ref.shape, title: z.string().nullable() }),
    link: z
      .strictObject({
        name: z.string().nullable(),
        visibility: z.enum(['public', 'account']),
        expiresAt: time.nullable(),
      })
      .nullable(),
    role: z.string(),
    actions: z.array(z.string()),
    mode: z.enum(['live', 'snapshot']),
    snapshot: z.strictObject({ revision: z.string(), content: z.json(), takenAt: time }).nullable(),
    viewId: z.string(),
    pass: z.string(),
    passExpiresAt: time,
  }),
)

const previewObject = component(
  'LinkPreview',
  z.strictObject({
    kind: z.literal('preview'),
    title: z.string().nullable(),
    visibility: z.enum(['public', 'account']),
    needs: z.array(z.enum(['signin', 'password', 'confirmation'])),
  }),
)

/** What a reader gets to know, and no more. */
export const openedSchema: z.ZodType = openedObject
/** What a landing page may show before anything is spent. */
export const previewSchema: z.ZodType = previewObject
export const openedOrPreviewSchema: z.ZodType = z.discriminatedUnion('kind', [openedObject, previewObject])
