import type { LinkPreview, OpenedShare } from '../../model/opening.ts'
import { isAhead } from '../request.ts'
import { anyone, type RouteTemplate, signedIn } from '../route.ts'
import {
  attachBody,
  openBody,
  openedOrPreviewSchema,
  openedSchema,
  previewSchema,
  resumeBody,
  tokenParams,
} from '../schema/share.ts'

const opened = (share: OpenedShare): OpenedShare & { kind: 'opened' } => ({ kind: 'opened', ...share })
const preview = (link: LinkPreview): LinkPreview & { kind: 'preview' } => ({ kind: 'preview', ...link })

export const shareRoutes: readonly RouteTemplate[] = [
  // Before `/share/:token`: a framework that goes by order would take "resume" or "attach" for a token.
  anyone({
    method: 'POST',
    path: '/share/resume',
    summary: 'Go on reading with the pass of an opening: no second view',
    input: { body: resumeBody },
    status: 200,
    output: openedSchema,
    run: async ({ sharing, input, visitor }) => opened(await sharing.resume(input.body.pass, visitor)),
  }),
  signedIn({
    method: 'POST',
    path: '/share/attach',
    summary:
      'Go on as oneself with what a pass is for: by one’s own right, with one’s invitation on it claimed',
    input: { body: attachBody },
    status: 200,
    output: openedSchema,
    async run({ sharing, actor, input, visitor }) {
      const { pass } = input.body
      const { resource } = await sharing.resume(pass, visitor)
      return opened(await sharing.attach(actor, resource, { ...visitor, pass }))
    },
  }),
  anyone({
    method: 'GET',
    path: '/share/:token',
    summary: 'Open a link and record a view; a preview where views are limited or a password is asked',
    input: { params: tokenParams },
    status: 200,
    output: openedOrPreviewSchema,
    async run({ sharing, input, visitor, request }) {
      const { token } = input.params
      const seen = await sharing.peek(token, { ip: visitor.ip })
      // Mail scanners follow links: what spends something waits for a person's click.
      const waits = seen.needs.includes('password') || seen.needs.includes('confirmation')
      if (waits || isAhead(request)) return preview(seen)
      return opened(await sharing.open(token, visitor))
    },
  }),
  anyone({
    method: 'POST',
    path: '/share/:token',
    summary: 'Open a link, with its password where it asks for one; a pass of an earlier opening goes on',
    input: { params: tokenParams, body: openBody },
    status: 200,
    output: openedSchema,
    run: async ({ sharing, input, visitor }) =>
      opened(await sharing.open(input.params.token, { ...visitor, ...input.body })),
  }),
  anyone({
    method: 'GET',
    path: '/share/:token/preview',
    summary: 'What a landing page may show; spends and records nothing',
    input: { params: tokenParams },
    status: 200,
    output: previewSchema,
    run: async ({ sharing, input, visitor }) =>
      preview(await sharing.peek(input.params.token, { ip: visitor.ip })),
  }),
]
