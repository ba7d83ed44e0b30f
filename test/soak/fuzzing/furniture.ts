import { type CreatedLink, createSharing, type Sharing, scryptPasswords } from '../../../src/index.ts'
import { createDataRefs, type DataRef } from '../../../src/tokens/data-ref.ts'
import { createInvitationTokens } from '../../../src/tokens/invitation.ts'
import { createKeyRing } from '../../../src/tokens/keys.ts'
import { hashToken } from '../../../src/tokens/link-token.ts'
import { createPasses } from '../../../src/tokens/pass.ts'
import { sign, verify } from '../../../src/tokens/signed.ts'
import type { Ground } from '../places.ts'
import type { Random } from '../random.ts'

const RESOURCES = {
  document: { roles: { viewer: ['view'] }, resolve: ({ ref }: { ref: string }) => ref },
} as const
export const OWNER = { userId: 'owner', tenantId: 'acme', admin: 'tenant' } as const
export const PERSON = { userId: 'person', tenantId: 'acme' } as const
export const INVITED = { userId: 'invited', tenantId: 'acme', email: 'invited@acme.example' } as const
const SECRET = 'a secret of the campaigns, longer than 32 bytes'

/** One of everything that is handed out, in every state in which it does nothing any more. */
export interface Furniture {
  sharing: Sharing<typeof RESOURCES>
  ref: { type: 'document'; id: string }
  link: CreatedLink
  guarded: CreatedLink
  /** The views that a pass among the things may go on with. */
  views: Set<string>
  things: ReadonlyMap<string, string>
}

export async function furnish(ground: Ground, random: Random): Promise<Furniture> {
  const number = random.below(2 ** 31)
  const clock = { now: Date.now() }
  const under = (secret: string | string[], tokenPrefix = 'shr') =>
    createSharing({
      store: ground.store,
      secret,
      tokenPrefix,
      resources: RESOURCES,
      legacyTokens: /old-[0-9a-z]{20,}/,
      limits: { opensPerMinute: false, passwordAttemptsPerMinute: false, invitationsPerHour: false },
      passwords: scryptPasswords({ N: 16, r: 1, p: 1 }),
      clock: () => new Date(clock.now),
    })
  const sharing = under(SECRET)
  const ref = { type: 'document', id: `document ${number}` } as const
  await sharing.resources.register(ref, { tenantId: 'acme', ownerId: 'owner' })
  const make = (settings: object = {}) =>
    sharing.links.create(OWNER, ref, { visibility: 'public', ...settings })
  const passOf = async (by: Sharing<typeof RESOURCES>, token: string, visitor = {}) =>
    (await by.open(token, visitor)).pass

  const [link, other, rotated, revoked] = [await make(), await make(), await make(), await make()]
  const password = `password ${number}`
  const guarded = await make({ password })
  const imported = `old-${String(number).padStart(30, 'a')}`
  const olderLink = await sharing.links.import(OWNER, ref, { visibility: 'public', token: imported })
  const { pass, viewId } = await sharing.open(link.token)
  const view = await sharing.open(other.token)
  const passOfPerson = await passOf(sharing, other.token, { actor: PERSON })
  const passOfAnotherSecret = await passOf(under('a secret of somebody else, of 32 bytes'), link.token)
  const passOfAnotherPrefix = await passOf(under(SECRET, 'abc'), olderLink.token)
  const attached = await sharing.attach(OWNER, ref)
  const invitation = await sharing.collaborators.add(OWNER, ref, { email: INVITED.email, role: 'viewer' })
  const passOfRotated = await passOf(sharing, rotated.token)
  const passOfRevoked = await passOf(sharing, revoked.token)
  const ofBearer = await sharing.refs.mint({ pass }, 'rows')
  const ofPerson = await sharing.refs.mint({ pass: passOfPerson, visitor: { actor: PERSON } }, 'rows')
  const ofOwner = await sharing.refs.mint({ actor: OWNER, resource: ref }, 'rows')
  const ofRotated = await sharing.refs.mint({ pass: passOfRotated }, 'rows')
  const ofRevoked = await sharing.refs.mint({ pass: passOfRevoked }, 'rows')
  const passOfPassword = await passOf(sharing, guarded.token, { password })
  const ofPassword = await sharing.refs.mint({ pass: passOfPassword }, 'rows')
  await sharing.links.rotate(OWNER, rotated.id)
  await sharing.links.revoke(OWNER, revoked.id)
  await sharing.links.update(OWNER, guarded.id, { password: `${password} anew` })

  const ring = createKeyRing(SECRET)
  const fields = {
    tenantId: 'acme',
    resource: await uidOf(ground, ref.id),
    linkId: link.id,
    tokenHash: hashToken(link.token),
    passwordVersion: 0,
    mode: 'live',
    snapshot: null,
    userId: null,
    viewId,
    expiresAt: clock.now + 3_600_000,
  }
  // A pass has its snapshot in two fields.
  const signed = Object.entries({ version: '1', ...fields }).flatMap(([name, one]) =>
    name === 'snapshot' ? [null, null] : [one === null ? null : String(one)],
  )
  const attachFields = [
    '1',
    'acme',
    'document',
    ref.id,
    fields.resource,
    'owner',
    viewId,
    `${fields.expiresAt}`,
    ...[null, null, null],
  ]
  const place = random.pick(['?', '$1'].filter((mark) => (mark === '?') === (ground.place !== 'Postgres')))
  const [stored] = await ground.query(
    `select sealed_token, password_hash, token_hash from share_grants where id = ${place}`,
    [guarded.id],
  )
  const cursors = {
    'cursor of links': await sharing.links.list(OWNER, { limit: 1, includeInactive: true }),
    'cursor of views': await sharing.views.list(OWNER, { resource: ref, limit: 1 }),
    'cursor of audit': await sharing.audit.list(OWNER, { limit: 1 }),
    'cursor of history': await sharing.audit.list(OWNER, { resource: ref, limit: 1 }),
  }
  const things = new Map(
    Object.entries({
      'link token': link.token,
      'imported token': imported,
      'unknown token of the older form': `old-${String(number).padStart(31, 'b')}`,
      'token that was rotated away': rotated.token,
      'token of a revoked link': revoked.token,
      pass,
      'pass of another link': view.pass,
      'pass of a person': passOfPerson,
      'pass of another secret': passOfAnotherSecret,
      'pass of another prefix': passOfAnotherPrefix,
      'pass of a token that was rotated away': passOfRotated,
      'pass of a revoked link': passOfRevoked,
      'pass of the password before': passOfPassword,
      'pass that is over': createPasses(ring, 'shr').mint({ ...fields, expiresAt: clock.now }),
      'pass of another version': sign(ring.pass, 'shrp_', ['2', ...signed.slice(1)]),
      'pass of the visitors’ key': sign(ring.visitor, 'shrp_', signed),
      'pass of the seals’ key': sign(ring.seal, 'shrp_', signed),
      'text of another kind, signed by the key of passes': sign(ring.pass, 'shrd_', signed),
      'attach pass of the owner': attached.pass,
      'attach pass signed by the key of passes': sign(ring.pass, 'shra_', attachFields),
      'pass signed by the key of attach passes': sign(ring.attach, 'shrp_', signed),
      'attach pass under the head of passes': sign(ring.attach, 'shrp_', attachFields),
      'data ref of a bearer': ofBearer,
      'data ref of a person': ofPerson,
      'data ref of the owner': ofOwner,
      'data ref of a token that was rotated away': ofRotated,
      'data ref of a revoked link': ofRevoked,
      'data ref of the password before': ofPassword,
      'data ref of another secret': resigned(ofBearer, 'a secret of somebody else, of 32 bytes'),
      'data ref that is over': resigned(ofBearer, SECRET, { expiresAt: clock.now }),
      'data ref signed by the key of passes': sign(ring.pass, 'shrd_', verify(ring.ref, 'shrd_', ofBearer)!),
      'data ref under the head of passes': sign(ring.ref, 'shrp_', verify(ring.ref, 'shrd_', ofBearer)!),
      'data ref of another version': sign(
        ring.ref,
        'shrd_',
        verify(ring.ref, 'shrd_', ofBearer)!.with(0, '1'),
      ),
      invitation: createInvitationTokens(ring, 'shr').mint({ tenantId: 'acme', id: invitation.id }),
      'invitation to nothing': createInvitationTokens(ring, 'shr').mint({ tenantId: 'acme', id: link.id }),
      'invitation signed by the key of passes': sign(ring.pass, 'shri_', ['1', 'acme', invitation.id]),
      'invitation id': invitation.id,
      'link id': link.id,
      'view id': viewId,
      'resource id': ref.id,
      'hash of a token': hashToken(link.token),
      'sealed copy': String(stored!['sealed_token']),
      'hash of a password': String(stored!['password_hash']),
      password: `${password} anew`,
      'password before': password,
      'id of a person': PERSON.userId,
      secret: SECRET,
      nothing: '',
    }),
  )
  for (const [name, { nextCursor }] of Object.entries(cursors)) things.set(name, nextCursor!)
  return { sharing, ref, link, guarded, views: new Set([viewId, view.viewId, attached.viewId]), things }
}

/** A data ref again, with something else in it or under another secret. */
function resigned(text: string, secret: string, changes: Partial<DataRef> = {}): string {
  const ref = createDataRefs(createKeyRing(SECRET), 'shr').read(text, 0)!
  return createDataRefs(createKeyRing(secret), 'shr').mint({ ...ref, ...changes })
}

async function uidOf({ place, query }: Ground, id: string): Promise<string> {
  const [row] = await query(
    `select uid from share_resources where id = ${place === 'Postgres' ? '$1' : '?'}`,
    [id],
  )
  return String(row!['uid'])
}
