import { isSharingError } from '../../../src/index.ts'
import type { Campaign, Trial } from '../campaign.ts'
import { openGround } from '../places.ts'
import { type Furniture, furnish, INVITED, OWNER, PERSON } from './furniture.ts'

/** Where a text is taken, what takes it, and what is said to every other. */
interface Place {
  takes: readonly string[]
  refusals: readonly string[]
  /** What is said to some of them. */
  instead?: Readonly<Record<string, string>>
  call(furniture: Furniture, text: string): Promise<unknown>
}

const opening = { takes: ['link token', 'imported token'], refusals: ['not_found'] }
const passes = ['pass', 'pass of another link']
const byId = { takes: ['link id'], refusals: ['not_found', 'invalid_input'] }
/** Cursors are not signed: one list's is a place in another one, of whatever may be seen there, or none. */
const paging = {
  takes: ['cursor of links', 'cursor of owned', 'cursor of views', 'cursor of audit', 'cursor of history'],
  refusals: ['invalid_input'],
}

const places: Readonly<Record<string, Place>> = {
  open: { ...opening, call: ({ sharing }, text) => sharing.open(text) },
  peek: { ...opening, call: ({ sharing }, text) => sharing.peek(text) },
  resume: {
    takes: passes,
    refusals: ['not_found'],
    instead: {
      'pass of a person': 'authentication_required',
      'attach pass of the owner': 'authentication_required',
    },
    call: ({ sharing }, text) => sharing.resume(text),
  },
  'resume as somebody': {
    takes: [...passes, 'pass of a person'],
    refusals: ['not_found'],
    instead: { 'attach pass of the owner': 'forbidden' },
    call: ({ sharing }, text) => sharing.resume(text, { actor: PERSON }),
  },
  'resume as another': {
    takes: [...passes, 'attach pass of the owner'],
    refusals: ['not_found'],
    instead: { 'pass of a person': 'forbidden' },
    call: ({ sharing }, text) => sharing.resume(text, { actor: OWNER }),
  },
  'open with a pass': {
    takes: ['pass'],
    refusals: ['opened anew'],
    // Of another link or of nobody, a pass is no reason to refuse, nor to spare a view.
    async call({ sharing, link, views }, text) {
      const { viewId } = await sharing.open(link.token, { pass: text })
      if (!views.has(viewId)) throw anew
    },
  },
  'attach with a pass': {
    takes: ['attach pass of the owner'],
    refusals: ['opened anew'],
    async call({ sharing, ref, views }, text) {
      const { viewId } = await sharing.attach(OWNER, ref, { pass: text })
      if (!views.has(viewId)) throw anew
    },
  },
  'refs.verify': {
    takes: ['data ref of a bearer'],
    refusals: ['not_found'],
    instead: {
      'data ref of the owner': 'authentication_required',
      'data ref of a person': 'authentication_required',
    },
    call: ({ sharing }, text) => sharing.refs.verify(text, null),
  },
  'refs.verify as the owner': {
    takes: ['data ref of a bearer', 'data ref of the owner'],
    refusals: ['not_found'],
    instead: { 'data ref of a person': 'forbidden' },
    call: ({ sharing }, text) => sharing.refs.verify(text, OWNER),
  },
  'refs.verify in another tenant': {
    takes: ['data ref of a bearer'],
    refusals: ['not_found'],
    instead: { 'data ref of the owner': 'forbidden', 'data ref of a person': 'forbidden' },
    call: ({ sharing }, text) => sharing.refs.verify(text, { ...OWNER, tenantId: 'rival' }),
  },
  refresh: {
    takes: [...passes, 'pass of a person'],
    refusals: ['not_found'],
    instead: { 'attach pass of the owner': 'forbidden' },
    call: ({ sharing }, pass) => sharing.refresh({ pass, visitor: { actor: PERSON } }, ['rows']),
  },
  'refs.mint': {
    takes: passes,
    refusals: ['not_found'],
    instead: {
      'pass of a person': 'authentication_required',
      'attach pass of the owner': 'authentication_required',
    },
    call: ({ sharing }, pass) => sharing.refs.mint({ pass }, 'rows'),
  },
  'invitations.accept': {
    takes: ['invitation'],
    refusals: ['not_found'],
    call: ({ sharing }, text) => sharing.invitations.accept(INVITED, text),
  },
  'open with a password': {
    takes: ['password'],
    refusals: ['password_incorrect'],
    instead: { nothing: 'password_required' },
    call: ({ sharing, guarded }, text) => sharing.open(guarded.token, { password: text }),
  },
  'links.get': { ...byId, call: ({ sharing }, text) => sharing.links.get(OWNER, text) },
  'links.update': {
    ...byId,
    call: ({ sharing }, text) => sharing.links.update(OWNER, text, { name: 'x' }),
  },
  'links.reveal': { ...byId, call: ({ sharing }, text) => sharing.links.reveal(OWNER, text) },
  'links.revoke': {
    ...byId,
    takes: ['link id to revoke'],
    call: ({ sharing, link }, text) =>
      text === link.id ? Promise.reject(anew) : sharing.links.revoke(OWNER, text),
    refusals: [...byId.refusals, 'opened anew'],
  },
  'views.list': { ...byId, call: ({ sharing }, text) => sharing.views.list(OWNER, { link: text }) },
  'resources.setVisibility': {
    takes: ['resource id'],
    refusals: ['not_found', 'invalid_input'],
    call: ({ sharing }, id) => sharing.resources.setVisibility(OWNER, { type: 'document', id }, 'private'),
  },
  'links.import': {
    takes: ['unknown token of the older form'],
    refusals: ['invalid_input', 'conflict'],
    call: ({ sharing, ref }, token) => sharing.links.import(OWNER, ref, { visibility: 'public', token }),
  },
  'the cursor of links': { ...paging, call: ({ sharing }, cursor) => sharing.links.list(OWNER, { cursor }) },
  'the cursor of owned': { ...paging, call: ({ sharing }, cursor) => sharing.list(OWNER, { cursor }) },
  'the cursor of views': {
    ...paging,
    call: ({ sharing, ref }, cursor) => sharing.views.list(OWNER, { resource: ref, cursor }),
  },
  'the cursor of audit': { ...paging, call: ({ sharing }, cursor) => sharing.audit.list(OWNER, { cursor }) },
  'the cursor of history': {
    ...paging,
    call: ({ sharing, ref }, cursor) => sharing.audit.list(OWNER, { resource: ref, cursor }),
  },
}

/** Thrown where a text was ignored, as it should be. */
const anew = new Error('opened anew')

async function outcomeOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call()
    return 'ok'
  } catch (error) {
    if (error === anew) return anew.message
    return isSharingError(error) ? error.code : `thrown: ${String(error)}`
  }
}

function expectedOf({ takes, refusals, instead }: Place, thing: string): readonly string[] {
  if (instead?.[thing] !== undefined) return [instead[thing]]
  if (!takes.includes(thing)) return refusals
  return takes === paging.takes ? ['ok', ...refusals] : ['ok']
}

async function run(trial: Trial): Promise<void> {
  const { size, random, count, violation } = trial
  for (let tried = 0; tried < size; ) {
    const ground = await openGround(trial)
    try {
      for (let round = 0; round < 20 && tried < size; round++) {
        const furniture = await furnish(ground, random.fork(tried))
        // What is imported in one place would be an imported token in the next.
        const last = 'links.import'
        const names = [...Object.keys(places).filter((name) => name !== last), last]
        for (const place of names) {
          for (const [thing, text] of furniture.things) {
            const outcome = await outcomeOf(() => places[place]!.call(furniture, text))
            const expected = expectedOf(places[place]!, thing)
            if (!expected.includes(outcome)) violation(`${thing} in the place of ${place}`, { outcome, text })
            tried++
            count()
          }
        }
      }
    } finally {
      await ground.end()
    }
  }
}

export const exchangedTokens: Campaign = {
  name: 'exchanged tokens',
  claim: 'no token, pass, id, cursor or password is taken in another’s place',
  unit: 'tries',
  size: { short: 500, long: 200_000 },
  places: ['SQLite in memory', 'Postgres'],
  controls: [
    {
      guard: 'that a pass is bound to its opener',
      file: 'src/opening/open.ts',
      find: 'if (pass.userId !== null && pass.userId !== actor?.userId) {',
      replace: 'if (pass.userId === undefined as never) {',
    },
    {
      guard: 'that a data ref is its holder’s',
      file: 'src/refs/verify.ts',
      find: "if (!theirs) throw new SharingError('forbidden')",
      replace: '',
    },
    {
      guard: 'that a data ref dies with its link’s token',
      file: 'src/refs/verify.ts',
      find: 'if (situation === null || !stands)',
      replace: 'if (situation === null)',
    },
    {
      guard: 'that an attach pass is its person’s',
      file: 'src/opening/attach.ts',
      find: "if (!mine) throw new SharingError('forbidden')",
      replace: '',
    },
    {
      guard: 'that a pass spares a view of its own link only',
      file: 'src/opening/open.ts',
      find: 'pass?.tokenHash !== tokenHash || ',
      replace: 'pass === null || ',
    },
    {
      guard: 'that the head of a token names its kind',
      file: 'src/tokens/signed.ts',
      find: '!token.startsWith(head) || ',
      replace: '',
    },
    {
      guard: 'a key of its own for each purpose',
      file: 'src/tokens/keys.ts',
      find: 'derive(one, purpose, 32)',
      replace: "derive(one, 'pass', 32)",
    },
    {
      guard: 'that a pass dies with its token',
      file: 'src/opening/open.ts',
      find: '!isFor(pass, situation)',
      replace: 'situation === null',
    },
  ],
  run,
}
