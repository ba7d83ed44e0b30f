import { isSharingError } from '../errors.ts'
import type { RouteInput } from '../http/input.ts'
import { type Call, type Described, type RouteTemplate, signedIn } from '../http/route.ts'
import { refParams } from '../http/schema/parts.ts'
import type { Actor } from '../model/actor.ts'
import type { Page } from '../model/page.ts'
import type { Workstations } from './create.ts'
import type { Workstation } from './model.ts'
import {
  beginBody,
  checkpointSchema,
  checkpointsSchema,
  currentEditSchema,
  editSchema,
  emptyBody,
  idParams,
  registerBody,
  saveBody,
  savedCheckpointSchema,
  workstationSchema,
  workstationsQuery,
  workstationsSchema,
} from './schema.ts'

type Template = RouteTemplate<Workstations>

const row = <const I extends RouteInput>(
  described: Described<I> & { run(call: Call<I, Actor, Workstations>): Promise<unknown> },
): Template => signedIn<I, Workstations>(described)

/** At most one, as a list has it. */
async function known(found: Promise<Workstation>): Promise<Page<Workstation>> {
  try {
    return { items: [await found], nextCursor: null }
  } catch (error) {
    if (!isSharingError(error) || error.code !== 'not_found') throw error
    return { items: [], nextCursor: null }
  }
}

const workstationRoutes: readonly Template[] = [
  row({
    method: 'POST',
    path: '/workstations',
    summary:
      'Register an installation; again with the same fingerprint: the same one, seen now, with this name',
    input: { body: registerBody },
    status: 200,
    output: workstationSchema,
    run: ({ sharing, actor, input }) => sharing.register(actor, input.body),
  }),
  row({
    method: 'GET',
    path: '/workstations',
    summary: 'One’s own, newest first, or the one of a fingerprint; with all=true those that one administers',
    input: { query: workstationsQuery },
    status: 200,
    output: workstationsSchema,
    run({ sharing, actor, input }) {
      const { fingerprint, ...query } = input.query
      return fingerprint === undefined
        ? sharing.list(actor, query)
        : known(sharing.getByFingerprint(actor, fingerprint))
    },
  }),
  row({
    method: 'GET',
    path: '/workstations/:id',
    summary: 'One installation: one’s own, or one that one administers',
    input: { params: idParams },
    status: 200,
    output: workstationSchema,
    run: ({ sharing, actor, input }) => sharing.get(actor, input.params.id),
  }),
  row({
    method: 'POST',
    path: '/workstations/:id/touch',
    summary: 'It is there: sets when it was last seen',
    input: { params: idParams, body: emptyBody },
    status: 200,
    output: workstationSchema,
    run: ({ sharing, actor, input }) => sharing.touch(actor, input.params.id),
  }),
  row({
    method: 'DELETE',
    path: '/workstations/:id',
    summary: 'It is gone, with the edit sessions from it',
    input: { params: idParams },
    status: 204,
    output: null,
    run: ({ sharing, actor, input }) => sharing.remove(actor, input.params.id),
  }),
]

const editRoutes: readonly Template[] = [
  row({
    method: 'POST',
    path: '/edits/:type/:id',
    summary: 'Begin to edit, or go on from the same workstation; 409 says who holds it',
    input: { params: refParams, body: beginBody },
    status: 200,
    output: editSchema,
    run: ({ sharing, actor, input }) => sharing.edits.begin(actor, input.params, input.body),
  }),
  row({
    method: 'GET',
    path: '/edits/:type/:id',
    summary: 'Who edits it now',
    input: { params: refParams },
    status: 200,
    output: currentEditSchema,
    run: async ({ sharing, actor, input }) => ({ edit: await sharing.edits.current(actor, input.params) }),
  }),
  row({
    method: 'POST',
    path: '/edits/:type/:id/take-over',
    summary: 'Begin to edit in place of whoever does: for its owner and administrators',
    input: { params: refParams, body: beginBody },
    status: 200,
    output: editSchema,
    run: ({ sharing, actor, input }) => sharing.edits.takeOver(actor, input.params, input.body),
  }),
  row({
    method: 'PUT',
    path: '/edits/:id',
    summary: 'The heartbeat of whoever edits; 409 says why the session is over',
    input: { params: idParams, body: emptyBody },
    status: 200,
    output: editSchema,
    run: ({ sharing, actor, input }) => sharing.edits.heartbeat(actor, input.params.id),
  }),
  row({
    method: 'DELETE',
    path: '/edits/:id',
    summary: 'Whoever edits is done',
    input: { params: idParams },
    status: 204,
    output: null,
    run: ({ sharing, actor, input }) => sharing.edits.end(actor, input.params.id),
  }),
]

const checkpointRoutes: readonly Template[] = [
  row({
    method: 'POST',
    path: '/checkpoints',
    summary: 'Keep what was edited so far, in an edit session',
    input: { body: saveBody },
    status: 201,
    output: checkpointSchema,
    run: ({ sharing, actor, input }) =>
      sharing.checkpoints.save(actor, input.body.editId, input.body.content),
  }),
  row({
    method: 'GET',
    path: '/checkpoints/:type/:id',
    summary: 'What is kept of a resource, newest first, for those who may edit it',
    input: { params: refParams },
    status: 200,
    output: checkpointsSchema,
    run: async ({ sharing, actor, input }) => ({
      items: await sharing.checkpoints.list(actor, input.params),
    }),
  }),
  row({
    method: 'GET',
    path: '/checkpoints/:id',
    summary: 'One of them, with its content',
    input: { params: idParams },
    status: 200,
    output: savedCheckpointSchema,
    run: ({ sharing, actor, input }) => sharing.checkpoints.get(actor, input.params.id),
  }),
]

export const TEMPLATES: readonly Template[] = [...workstationRoutes, ...editRoutes, ...checkpointRoutes]
