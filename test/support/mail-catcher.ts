import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'

/** A mail as it came in, with whom the sender named before it. */
export interface CaughtMail extends Email {
  recipients: string[]
  raw: string
}

/** A real SMTP server on loopback that keeps what it is sent. */
export interface MailCatcher {
  url: string
  mails: CaughtMail[]
  /** Those that it refused when it had them whole. */
  refused: CaughtMail[]
  /** How often a mail was offered, at whatever step it was refused. */
  offered: number
  /** What it says to the next mails, one each: a temporary or a lasting refusal, at a step of the dialogue. */
  refusals: Array<{ code: number; at: 'recipient' | 'data' }>
  close(): Promise<void>
}

export async function catchMails(): Promise<MailCatcher> {
  const refusal = (code: number): Error =>
    Object.assign(new Error('not now,\r\nthank you'), { responseCode: code })
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo(_address, _session, done) {
      catcher.offered++
      if (catcher.refusals[0]?.at !== 'recipient') return done()
      done(refusal(catcher.refusals.shift()!.code))
    },
    onData(stream, { envelope }, done) {
      const receive = async (): Promise<void> => {
        const raw = await buffer(stream)
        const recipients = envelope.rcptTo.map(({ address }) => address)
        const mail = { ...(await PostalMime.parse(raw)), recipients, raw: raw.toString('latin1') }
        if (catcher.refusals[0]?.at !== 'data') return void catcher.mails.push(mail)
        catcher.refused.push(mail)
        throw refusal(catcher.refusals.shift()!.code)
      }
      receive().then(() => done(), done)
    },
  })
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const { port } = listening.address() as AddressInfo
  const catcher: MailCatcher = {
    url: `smtp://127.0.0.1:${port}`,
    mails: [],
    refused: [],
    offered: 0,
    refusals: [],
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return catcher
}
