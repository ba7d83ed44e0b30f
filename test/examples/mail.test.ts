import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type App, type Person, STACKS } from '../http/app.ts'
import { type CaughtMail, catchMails, type MailCatcher } from '../support/mail-catcher.ts'

const FROM = { name: 'Documents', address: 'documents@mail.example' }
const APP = 'https://documents.example'
const BEN = { userId: 'ben', tenantId: 'acme', email: 'ben@acme.example' }
const ADA = { userId: 'ada', tenantId: 'acme', email: 'ada@acme.example' }
const README = { type: 'document', id: 'readme' } as const
const HEADERS = [
  'auto-submitted',
  'content-type',
  'date',
  'from',
  'message-id',
  'mime-version',
  'subject',
  'to',
]
const people = '/api/resources/document/readme/collaborators'

describe.each(STACKS)('$name', ({ start }) => {
  let app: App
  let catcher: MailCatcher
  beforeAll(async () => {
    catcher = await catchMails()
    app = await start({ mail: { smtpUrl: catcher.url, from: FROM, appUrl: APP } })
  })
  afterAll(async () => {
    await app?.close()
    await catcher?.close()
  })
  // Nobody's hour is used up by an earlier test.
  beforeEach(() => {
    app.clock.now = new Date(app.clock.now.getTime() + 2 * 60 * 60_000)
  })

  /** The mails that a run of maintenance sends. */
  async function delivered(): Promise<CaughtMail[]> {
    const before = catcher.mails.length
    await app.host.sharing.maintain()
    return catcher.mails.slice(before)
  }

  /** The only one that is sent. A second run sends none. */
  async function theOnly(): Promise<CaughtMail> {
    const mails = await delivered()
    expect(mails.map(({ recipients }) => recipients)).toHaveLength(1)
    expect(await delivered()).toEqual([])
    return mails[0]!
  }

  const told = ({ recipients, to, subject }: CaughtMail) => [
    recipients,
    to?.map((one) => one.address),
    subject,
  ]
  const tells = (address: string, subject: string) => [[address], [address], subject]

  async function invite(body: Record<string, unknown>, as: Person = 'ada'): Promise<string> {
    const answer = await app.call('POST', people, { as, body: { role: 'viewer', ...body } })
    expect(answer.status, answer.text).toBe(201)
    return answer.body.id
  }

  test('each of the five is told once, to whom it concerns', async () => {
    const { sharing } = app.host
    const { offered } = catcher
    const id = await invite({ email: 'Ben@acme.example', message: 'Have a look.\nIt is short.' })
    expect(catcher.offered).toBe(offered)
    const invited = await theOnly()
    expect(told(invited)).toEqual(tells('Ben@acme.example', 'Ada shared “README” with you'))
    const [link] = invited.text!.match(/https:\S+/)!
    expect(link).toMatch(new RegExp(`^${APP}/invitation#shri_[\\w-]+$`))
    expect(invited.text?.trim()).toBe(
      `Hello Ben,\n\nAda gave you access to “README”, as viewer.\n\n` +
        `Ada wrote:\n> Have a look.\n> It is short.\n\n${link}`,
    )
    expect(invited.html).toContain(`<a href="${link}">`)
    expect(invited.html).toContain('<blockquote>Have a look.<br>It is short.</blockquote>')
    expect(invited.from).toMatchObject(FROM)

    await app.call('PATCH', `${people}/${id}`, { as: 'ada', body: { role: 'editor' } })
    expect(told(await theOnly())).toEqual(tells('Ben@acme.example', 'Your role on “README” is now editor'))
    await app.call('DELETE', `${people}/${id}`, { as: 'ada' })
    expect(told(await theOnly())).toEqual(tells('Ben@acme.example', 'You no longer have access to “README”'))

    await sharing.requests.create(BEN, README, { role: 'viewer', message: 'Please' })
    const asked = await theOnly()
    expect(told(asked)).toEqual(tells('ada@acme.example', 'Ben asks for access to “README”'))
    expect(asked.text).toContain('Ben wrote:\n> Please\n')
    const [request] = await sharing.requests.list(ADA, README)
    await sharing.requests.deny(ADA, request!.id)
    const denied = await theOnly()
    expect(told(denied)).toEqual(tells('ben@acme.example', 'Your request for access was denied'))
    expect(`${denied.text}${denied.html}`).not.toMatch(/README|Ada/)
    await sharing.requests.create(BEN, README, { role: 'viewer' })
    await theOnly()
    const again = (await sharing.requests.list(ADA, README)).find(({ status }) => status === 'open')
    const { id: given } = await sharing.requests.approve(ADA, again!.id)
    const approved = await theOnly()
    expect(told(approved)).toEqual(tells('ben@acme.example', 'You have access to “README”'))
    expect(approved.text).toContain(`${APP}/documents/readme`)
    await app.call('DELETE', `${people}/${given}`, { as: 'ada' })
    await theOnly()
  })

  test('whoever was invited is let in by the link of the mail', async () => {
    const changelog = { type: 'document', id: 'changelog' } as const
    await app.host.sharing.collaborators.add(ADA, changelog, { email: 'ben@acme.example', role: 'viewer' })
    const { text } = await theOnly()
    const token = /invitation#(\S+)/.exec(text!)![1]!
    const { invitations } = app.host.sharing
    await expect(invitations.accept(ADA, token)).rejects.toMatchObject({ code: 'email_mismatch' })
    await expect(invitations.accept(BEN, token)).resolves.toMatchObject({ status: 'active' })
    expect((await app.call('GET', '/documents/changelog/content', { as: 'ben' })).status).toBe(200)
  })

  test.each(['recipient', 'data'] as const)(
    'a server that refuses at the %s is asked again later',
    async (at) => {
      const { offered } = catcher
      catcher.refusals.push({ code: 451, at }, { code: 451, at })
      const id = await invite({ userId: 'cleo' })
      expect(await delivered()).toEqual([])
      expect(app.lines.at(-1)).toMatch(/^error: .*451/)
      expect(await delivered()).toEqual([])
      expect(catcher.offered).toBe(offered + 1)
      app.clock.now = new Date(app.clock.now.getTime() + 60_000)
      expect(await delivered()).toEqual([])
      app.clock.now = new Date(app.clock.now.getTime() + 2 * 60_000)
      const mail = await theOnly()
      expect(told(mail)).toEqual(tells('cleo@acme.example', 'Ada shared “README” with you'))
      expect(mail.text).toContain(`${APP}/documents/readme`)
      expect(catcher.offered).toBe(offered + 3)
      expect(mail.messageId).toMatch(/^<[\w-]{21}@mail\.example>$/)
      const tried = catcher.refused.splice(0).map(({ messageId }) => messageId)
      expect(tried).toEqual(at === 'data' ? [mail.messageId, mail.messageId] : [])
      await app.call('DELETE', `${people}/${id}`, { as: 'ada' })
      await theOnly()
    },
  )

  test('what people write stays what they wrote: no header, no element, no second recipient', async () => {
    const evil = 'x\r\nBcc: spy@evil.example\r\n\r\n<script>alert("1")</script>'
    const { queries } = app.host.database
    await queries.updateTable('documents').set({ title: evil }).where('id', '=', 'readme').execute()
    await queries
      .updateTable('users')
      .set({ name: `${evil},` })
      .where('id', 'in', ['ada', 'cleo'])
      .execute()
    await invite({ userId: 'cleo', message: `${evil}\n--\n\u202eAda` })
    const mail = await theOnly()
    await queries.updateTable('documents').set({ title: 'README' }).where('id', '=', 'readme').execute()
    await queries.updateTable('users').set({ name: 'Ada' }).where('id', '=', 'ada').execute()
    await queries.updateTable('users').set({ name: 'Cleo' }).where('id', '=', 'cleo').execute()

    expect(mail.recipients).toEqual(['cleo@acme.example'])
    expect(mail.to).toHaveLength(1)
    expect(mail.to![0]!.address).toBe('cleo@acme.example')
    expect(mail.headers.map(({ key }) => key).sort()).toEqual(HEADERS)
    expect(mail.subject).not.toMatch(/[\r\n]/)
    expect(mail.html).not.toMatch(/<script|<\/title>.*<\/title>/s)
    expect(mail.html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;')
    expect(mail.text).toContain('\n> Bcc: spy@evil.example\n> \n> <script>')
    expect(mail.text).toContain('\n> --\n>  Ada\n')
    expect(mail.raw).not.toMatch(/^bcc:/im)
    expect(mail.attachments).toEqual([])
  })

  test.each([
    'ben@acme.example, spy@evil.example',
    'ben@acme.example\r\nBcc: spy@evil.example',
    '<spy@evil.example>',
  ])('nobody is invited at %j', async (email) => {
    const { body } = await app.call('POST', people, { as: 'ada', body: { email, role: 'viewer' } })
    expect(body.code).toBe('invalid_email')
    expect(await delivered()).toEqual([])
  })
})

test('without a server the application runs: the log says what is not sent, without address and token', async () => {
  const app = await STACKS[0]!.start({ notify: undefined })
  await app.call('POST', people, { as: 'ada', body: { email: 'ben@acme.example', role: 'viewer' } })
  const before = app.lines.length
  expect(await app.host.sharing.maintain()).toMatchObject({ delivered: 1 })
  expect(app.lines.slice(before)).toEqual([
    expect.stringMatching(/^mail: invited [\w-]{21} is not sent, as no SMTP_URL is set$/),
  ])
  await app.close()
})
