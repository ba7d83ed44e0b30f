import { mutantsOf } from './mutant.ts'

const held = {
  tenant: 'tenant_id = :tenantId and ',
  message: 'id = :id and ',
  'only by whoever has it': ' and lease = :lease',
}

/** What waits to be told: who takes it, keeps it and lets it go. */
export const delivering = [
  ...mutantsOf('adapters/sql/delivery.ts', {
    'const isDue = <': {
      'not what was given up': '#{sql.raw(of)}dead_at is null and ',
      'not before its time': 'and #{sql.raw(of)}due_at <= :at ',
      'not what another has':
        ' and (#{sql.raw(of)}leased_until is null or #{sql.raw(of)}leased_until <= :at)',
      'not for longer than it is lent': ' or #{sql.raw(of)}leased_until <= :at',
    },
    "'outbox.next_due'": {
      tenant: 'o.tenant_id = :tenantId and ',
      'one after the other of a grant': " and not exists (#{another(b, 'o')} and e.leased_until > :at)",
      'what is due first': 'order by o.due_at, o.at, o.id ',
      'tenant of the resource': 'r.tenant_id = :tenantId and ',
      'join to the resource': ' and r.uid = m.resource_uid',
      'not a removed resource': ' and r.removed_at is null',
      'tenant of the grant': 'g.tenant_id = :tenantId and ',
      'join to the grant': ' and g.id = m.grant_id',
      'not a removed grant': ' and g.removed_at is null',
      'tenant of the request': 'q.tenant_id = :tenantId and ',
      'join to the request': ' and q.id = m.request_id',
    },
    "'outbox.lease'": {
      'one attempt more': ', attempts = attempts + 1',
      tenant: 'tenant_id = :tenantId and ',
      message: 'id = :id and ',
      'only if nobody took it meanwhile': " and #{isDue(b, '')}",
    },
    "'outbox.postpone'": {
      tenant: 'tenant_id = :tenantId and ',
      sender: 'sender = :sender and ',
      'only what is due': " and #{isDue(b, '')}",
    },
    'export function* takeMessage(': {
      'so many an hour': ['hour.count >= perHour', 'false'],
      'whoever took it meanwhile': "if (taken === null) return 'again'",
      'it counts': 'yield* run(setCounter, { tenantId, ...key, since: hour.since, count: hour.count + 1 })',
    },
    "'outbox.renew'": held,
    "'outbox.delete'": held,
    "'outbox.retry'": { ...held, 'nobody has it then': ', lease = null, leased_until = null' },
    "'outbox.give_up'": { ...held, 'nobody has it then': ', lease = null, leased_until = null' },
    "'outbox.uncount'": {
      tenant: ['where tenant_id = :tenantId and kind', 'where kind'],
      kind: "kind = 'emails' and ",
      sender: 'key = :sender and ',
      'only in its hour': ' and since = :since',
      'not below none': [
        'count > 0 and ',
        '',
        'whoever has a message was counted in that hour: there is one to take off',
      ],
      'tenant of the message': 'o.tenant_id = :tenantId and ',
      message: 'o.id = :id and ',
      'only by whoever has it': ' and o.lease = :lease',
    },
    'export function* settleMessage(': {
      'only what was not delivered': "settlement.outcome !== 'delivered' && ",
      'what was not delivered counts no more':
        'yield* run(uncount, { ...held, sender: message.sender, since: countedSince })',
    },
  }),
  ...mutantsOf('adapters/sql/outbox.ts', {
    "'outbox.forget'": { tenant: 'tenant_id = :tenantId and ', recipient: ' and recipient = :subject' },
    "'outbox.forget_of_grants'": {
      tenant: 'o.tenant_id = :tenantId and ',
      'tenant of the grant': 'g.tenant_id = :tenantId and ',
      'join to the grant': 'g.id = o.grant_id and ',
      person: ' and g.subject = :subject',
    },
  }),
]
