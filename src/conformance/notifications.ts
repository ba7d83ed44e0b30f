import assert from 'node:assert/strict'
import { type ConformanceCase, casesOf } from './case.ts'
import { MAIL, mailing, people } from './mailing.ts'
import { ACTORS, documentRef, HOUR, MINUTE } from './world.ts'

const { ann, bob } = ACTORS
const ref = documentRef()

export const notifications: readonly ConformanceCase[] = [
  ...casesOf('notifications', {
    'an address that was added: one invitation each time, with its token': async (world) => {
      const { document, clock } = world
      const { sharing, sent, delivered } = mailing(world, { directory: people })
      await document()
      const at = clock.now
      const { id } = await sharing.collaborators.add(ann, ref, {
        email: ` ${MAIL} `,
        role: 'viewer',
        message: 'Have a look',
      })
      assert.equal(sent.length, 0)
      clock.pass(MINUTE)
      assert.deepEqual(await delivered(), [`invited ${MAIL} viewer`])
      const [first] = sent
      assert.ok(first?.token !== undefined && !first.token.includes(id))
      assert.deepEqual(first, {
        id: first.id,
        kind: 'invited',
        to: { email: MAIL, userId: 'cyd', name: 'Cyd' },
        resource: ref,
        role: 'viewer',
        by: 'ann',
        message: 'Have a look',
        token: first.token,
        at,
      })
      await sharing.collaborators.add(ann, ref, { email: MAIL, role: 'viewer' })
      await sharing.collaborators.add(ann, ref, { email: MAIL, role: 'editor' })
      await sharing.collaborators.add(ann, ref, { email: 'nobody@acme.example', role: 'viewer' })
      assert.deepEqual(await delivered(), [
        `invited ${MAIL} editor`,
        `invited ${MAIL} viewer`,
        'invited nobody@acme.example viewer',
      ])
      assert.equal(sent.find(({ to }) => to.email === 'nobody@acme.example')?.to.userId, null)
      assert.equal(new Set(sent.map((one) => one.id)).size, 4)
      assert.deepEqual(await delivered(), [])
    },
    'an address that was added again after its person claimed it: as if nobody had': async (world) => {
      const { document, clock, store } = world
      const { sharing, sent, delivered } = mailing(world)
      await document()
      const { id } = await sharing.collaborators.add(ann, ref, { email: MAIL, role: 'viewer' })
      await store.change({ at: 'grant', id, tenantId: 'acme' }, {}, ({ grant }) => {
        const claimed = { subject: 'user:cyd', acceptedAt: clock.now, claimableUntil: null } as const
        return {
          changes: [{ kind: 'grant.updated', grant: { ...grant!, ...claimed } }],
          audit: [],
          result: undefined,
        }
      })
      await sharing.collaborators.add(ann, ref, { email: 'cyd@acme.example', role: 'viewer' })
      assert.deepEqual(await delivered(), [`invited ${MAIL} viewer`, `invited ${MAIL} viewer`])
      assert.equal(sent.filter(({ token }) => token !== undefined).length, 2)
      await sharing.collaborators.setRole(ann, id, 'editor')
      assert.deepEqual(await delivered(), ['role_changed cyd editor'])
    },
    'a user: of what is new, and of another role': async (world) => {
      const { document } = world
      const { sharing, sent, delivered } = mailing(world, { directory: people })
      await document()
      const { id } = await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer' })
      await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer' })
      assert.deepEqual(await delivered(), ['invited bob@acme.example viewer'])
      assert.deepEqual(sent[0]?.to, { email: 'bob@acme.example', userId: 'bob', name: 'The bob' })
      assert.equal(sent[0]?.token, undefined)
      await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'commenter' })
      assert.deepEqual(await delivered(), ['role_changed bob@acme.example commenter'])
      await sharing.collaborators.setRole(ann, id, 'editor')
      await sharing.collaborators.setRole(ann, id, 'editor')
      assert.deepEqual(await delivered(), ['role_changed bob@acme.example editor'])
      await sharing.collaborators.remove(ann, id)
      assert.deepEqual(await delivered(), ['removed bob@acme.example editor'])
    },
    'nobody of a group, of what somebody gives up, of what is the owner’s, or by a host that sends nothing':
      async (world) => {
        const { document, sharing: silent } = world
        const { sharing, delivered } = mailing(world)
        await document()
        const { id } = await sharing.collaborators.add(ann, ref, { groupId: 'staff', role: 'viewer' })
        await sharing.collaborators.setRole(ann, id, 'editor')
        await sharing.collaborators.remove(ann, id)
        await sharing.collaborators.add(ann, ref, { email: 'ANN@acme.example', role: 'viewer' })
        await sharing.collaborators.add(ann, ref, { userId: 'ann', role: 'viewer' })
        await silent.collaborators.add(ann, ref, { email: MAIL, role: 'viewer' })
        await silent.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer' })
        await sharing.collaborators.leave(bob, ref)
        assert.deepEqual(await delivered(), [])
      },
    'nothing that was refused': async (world) => {
      const { document } = world
      const { sharing, delivered } = mailing(world, { limits: { collaboratorsPerResource: 1 } })
      await document()
      await sharing.collaborators.add(ann, ref, { email: MAIL, role: 'viewer' })
      await assert.rejects(sharing.collaborators.add(ann, ref, { email: 'd@acme.example', role: 'viewer' }))
      assert.deepEqual(await delivered(), [`invited ${MAIL} viewer`])
    },
    'nothing of a grant that has ended meanwhile, or of a resource that is gone': async (world) => {
      const { document, clock } = world
      const { sharing, delivered } = mailing(world)
      await document()
      await document('d2')
      const { id } = await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer' })
      assert.deepEqual(await delivered(), ['invited bob viewer'])
      await sharing.collaborators.setRole(ann, id, 'editor')
      await sharing.collaborators.remove(ann, id)
      await sharing.collaborators.add(ann, documentRef('d2'), { email: MAIL, role: 'viewer' })
      await sharing.resources.remove(documentRef('d2'))
      const soon = new Date(clock.now.getTime() + HOUR)
      await sharing.collaborators.add(ann, ref, { userId: 'cyd', role: 'viewer', expiresAt: soon })
      clock.pass(2 * HOUR)
      assert.deepEqual(await delivered(), ['removed bob editor'])
      const over = await sharing.collaborators.list(ann, ref)
      assert.deepEqual(over, [])
    },
    'nobody is told of the end of what they never heard of': async (world) => {
      const { document, clock } = world
      const { sharing, delivered } = mailing(world)
      await document()
      const add = (userId: string) => sharing.collaborators.add(ann, ref, { userId, role: 'viewer' })
      const never = await add('bob')
      clock.pass(MINUTE)
      await sharing.collaborators.remove(ann, never.id)
      assert.deepEqual(await delivered(), [])
      const heard = await add('bob')
      assert.deepEqual(await delivered(), ['invited bob viewer'])
      clock.pass(MINUTE)
      await sharing.collaborators.remove(ann, heard.id)
      assert.deepEqual(await delivered(), ['removed bob viewer'])
      const mailed = await sharing.collaborators.add(ann, ref, { email: MAIL, role: 'viewer' })
      await delivered()
      clock.pass(MINUTE)
      await sharing.collaborators.add(ann, ref, { email: MAIL, role: 'editor' })
      await sharing.collaborators.remove(ann, mailed.id)
      assert.deepEqual(await delivered(), [`removed ${MAIL} editor`])
    },
    'what one grant is about is told one after the other': async (world) => {
      const { document, clock, store } = world
      const { sharing } = mailing(world)
      await document()
      const { id } = await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer' })
      await sharing.collaborators.setRole(ann, id, 'editor')
      await sharing.collaborators.add(ann, ref, { userId: 'dan', role: 'viewer' })
      const leasedUntil = new Date(clock.now.getTime() + MINUTE)
      const take = (lease: string) =>
        store.takeMessage('acme', { at: clock.now, lease, leasedUntil, perHour: false })
      const taken = [(await take('one'))!, (await take('two'))!]
      assert.deepEqual(taken.map(({ message }) => message.recipient).sort(), ['user:bob', 'user:dan'])
      assert.equal(await take('three'), null)
      for (const one of taken) await store.settleMessage('acme', one, { outcome: 'delivered' })
      assert.equal((await take('four'))?.message.recipient, 'user:bob')
    },
    'of roles that changed meanwhile, the last': async (world) => {
      const { document, clock } = world
      const { sharing, delivered } = mailing(world)
      await document()
      const { id } = await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer' })
      await delivered()
      for (const role of ['editor', 'viewer', 'editor', 'commenter', 'editor'] as const) {
        clock.pass(1)
        await sharing.collaborators.setRole(ann, id, role)
      }
      assert.deepEqual(await delivered(), ['role_changed bob editor'])
    },
    'an approval of what was taken away again is not told, nor its end': async (world) => {
      const { document, clock } = world
      const { sharing, delivered } = mailing(world)
      await document()
      const answered = async () => {
        await sharing.requests.create(bob, ref, { role: 'viewer' })
        await delivered()
        const [request] = await sharing.requests.list(ann, ref)
        return sharing.requests.approve(ann, request!.id)
      }
      const { id } = await answered()
      clock.pass(MINUTE)
      await sharing.collaborators.remove(ann, id)
      assert.deepEqual(await delivered(), [])
      await answered()
      assert.deepEqual(await delivered(), ['request_answered bob viewer'])
    },
    'a request is told to whoever owns the resource when it goes out': async (world) => {
      const { document } = world
      const { sharing, delivered } = mailing(world)
      await document()
      await sharing.requests.create(bob, ref, { role: 'viewer' })
      await sharing.resources.transfer(ann, ref, 'dan')
      assert.deepEqual(await delivered(), ['request_made dan viewer'])
    },
    'without a directory: the address, or the user id': async (world) => {
      const { document } = world
      const { sharing, sent } = mailing(world)
      await document()
      await sharing.collaborators.add(ann, ref, { email: MAIL, role: 'viewer' })
      await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer' })
      await sharing.maintain()
      assert.deepEqual(
        sent.map(({ to }) => to).sort((a, b) => String(a.email).localeCompare(String(b.email))),
        [
          { email: MAIL, userId: null },
          { email: null, userId: 'bob' },
        ],
      )
    },
    'the directory is asked when a mail goes out, and never before': async (world) => {
      const { document } = world
      const asked: string[] = []
      const { sharing } = mailing(world, {
        directory: {
          findUserByEmail: async (email) => {
            asked.push(email)
            return null
          },
          describeUsers: async (ids) => {
            asked.push(...ids)
            return []
          },
        },
      })
      await document()
      await sharing.collaborators.add(ann, ref, { email: MAIL, role: 'viewer' })
      await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer' })
      await sharing.collaborators.list(ann, ref)
      assert.deepEqual(asked, [])
      await sharing.maintain()
      assert.deepEqual(asked.sort(), [MAIL, 'bob'])
    },
    'go with their tenant': async (world) => {
      const { document } = world
      const { sharing, delivered } = mailing(world)
      await document()
      await sharing.collaborators.add(ann, ref, { userId: 'cyd', role: 'viewer' })
      await sharing.tenants.remove('acme')
      await document()
      assert.deepEqual(await delivered(), [])
    },
  }),
  ...casesOf('users.forget', {
    'what they were to be told goes with them': async (world) => {
      const { document } = world
      const { sharing, delivered } = mailing(world)
      await document()
      const { id } = await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer' })
      await sharing.collaborators.add(ann, ref, { userId: 'cyd', role: 'viewer' })
      await sharing.collaborators.remove(ann, id)
      await sharing.users.forget('bob')
      assert.deepEqual(await delivered(), ['invited cyd viewer'])
    },
  }),
]
