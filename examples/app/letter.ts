import type { Notification } from 'sharegrant'

/** What a mail says. */
export interface Letter {
  subject: string
  text: string
  html: string
}

/** What the host adds to a notification: a document's title, who caused it, and where the pages are. */
export interface LetterContext {
  title: string
  by: string
  appUrl: string
}

/**
 * What somebody is told. Titles, names and messages are other people's words: none of them begins a header, a line of
 * our own or an element.
 */
export function letterOf(notification: Notification, { title, by, appUrl }: LetterContext): Letter {
  const { subject, says, opens } = content(notification, `“${oneLine(title)}”`, oneLine(by))
  const greeting = `Hello${notification.to.name === undefined ? '' : ` ${oneLine(notification.to.name)}`},`
  const quoted = linesOf(notification.message)
  const link = opens === null ? null : `${appUrl}${opens}`
  const wrote = `${oneLine(by)} wrote:`
  return {
    subject,
    text: [
      greeting,
      says,
      ...(quoted.length > 0 ? [`${wrote}\n${quoted.map((line) => `> ${line}`).join('\n')}`] : []),
      ...(link === null ? [] : [link]),
    ]
      .join('\n\n')
      .concat('\n'),
    html: [
      `<!doctype html><meta charset="utf-8"><title>${escaped(subject)}</title>`,
      `<p>${escaped(greeting)}</p>`,
      `<p>${escaped(says)}</p>`,
      ...(quoted.length > 0
        ? [`<p>${escaped(wrote)}</p>`, `<blockquote>${quoted.map(escaped).join('<br>')}</blockquote>`]
        : []),
      ...(link === null ? [] : [`<p><a href="${escaped(link)}">${escaped(link)}</a></p>`]),
    ].join('\n'),
  }
}

interface Content {
  subject: string
  says: string
  /** The page that the letter leads to, below the host's address. */
  opens: string | null
}

function content({ kind, role, token, resource }: Notification, title: string, by: string): Content {
  const page = `/documents/${encodeURIComponent(resource.id)}`
  switch (kind) {
    case 'invited':
      return {
        subject: `${by} shared ${title} with you`,
        says: `${by} gave you access to ${title}, as ${role}.`,
        // Behind the #, so that the token is in no server's log and in no Referer.
        opens: token === undefined ? page : `/invitation#${token}`,
      }
    case 'role_changed':
      return {
        subject: `Your role on ${title} is now ${role}`,
        says: `${by} made you ${role} on ${title}.`,
        opens: page,
      }
    case 'removed':
      return {
        subject: `You no longer have access to ${title}`,
        says: `What you were given on ${title} has ended.`,
        opens: null,
      }
    case 'request_made':
      return {
        subject: `${by} asks for access to ${title}`,
        says: `${by} would like to be ${role} on ${title}. You can approve or deny it there.`,
        opens: page,
      }
    case 'request_answered':
      // Whoever was refused is told no title and no name: they may know neither.
      return role === null
        ? {
            subject: 'Your request for access was denied',
            says: 'Your request for access was denied.',
            opens: null,
          }
        : {
            subject: `You have access to ${title}`,
            says: `${by} approved your request: you are ${role} on ${title}.`,
            opens: page,
          }
  }
}

const LONGEST = 200

/** Line breaks, other control characters, and those that turn the direction of what follows. */
const UNSHOWN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu

const oneLine = (text: string): string => [...text.replace(UNSHOWN, ' ')].slice(0, LONGEST).join('').trim()

const linesOf = (message: string | null): string[] => {
  const words = message?.trim() ?? ''
  if (words === '') return []
  return words.split(/\r\n|[\r\n\v\f\u0085\u2028\u2029]/).map((line) => line.replace(UNSHOWN, ' ').trimEnd())
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => ENTITIES[one]!)
