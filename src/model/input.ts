import { z } from 'zod'
import { SharingError } from '../errors.ts'

/** Text that both databases store and compare alike: well-formed Unicode without control characters. */
export const plainText = (max: number): z.ZodString =>
  z
    .string()
    .max(max)
    .regex(PLAIN, 'must not contain control characters')
    .refine((text) => text.isWellFormed(), 'must be well-formed Unicode') as z.ZodString

const PLAIN = /^[^\u0000-\u001f\u007f]*$/

/** Whether {@link plainText} would take it. */
export const isPlainText = (value: unknown, max: number): value is string =>
  typeof value === 'string' && value.length <= max && PLAIN.test(value) && value.isWellFormed()

const ID_LENGTH = 255
// One expression instead of four checks, as every call reads two of them. With `u`, what is left of a surrogate pair is matched by itself.
const ID = /^(?!~)[^\u0000-\u001f\u007f\ud800-\udfff]+$/u

/** An id that the host chose: 1 to 255 characters, compared byte by byte. `~` is reserved for our own. */
export const hostId: z.ZodString = z
  .string()
  .max(ID_LENGTH)
  .regex(ID, { error: ({ input }) => whatIsWrong(String(input)) })

/** Whether {@link hostId} would take it. */
export const isHostId = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= ID_LENGTH && ID.test(value)

function whatIsWrong(id: string): string {
  if (id === '') return 'must not be empty'
  if (id.startsWith('~')) return 'must not begin with "~"'
  return id.isWellFormed() ? 'must not contain control characters' : 'must be well-formed Unicode'
}

const FIRST = new Date('1970-01-01T00:00:00.000Z')
const LAST = new Date('9999-12-31T23:59:59.999Z')

/** A moment: a `Date`, or ISO 8601 text with an offset as JSON brings it. */
export const moment: z.ZodType<Date, Date | string> = z
  .union([z.date(), z.iso.datetime({ offset: true }).transform((text) => new Date(text))], {
    error: 'must be a Date or ISO 8601 text with an offset, such as 2030-01-31T12:00:00Z',
  })
  .refine((at) => at >= FIRST && at <= LAST, 'must lie between 1970 and 9999')

/** One thing that is wrong with what was given. */
export interface InputIssue {
  /** Where in the call, such as `options.expiresAt`. */
  path: string
  message: string
}

export function invalidInput(
  issues: InputIssue[],
  code: 'invalid_input' | 'invalid_email' = 'invalid_input',
  cause?: unknown,
): SharingError {
  const first = issues[0]
  return new SharingError(code, {
    message: first ? `${first.path}: ${first.message}` : 'The request is not valid.',
    public: { issues },
    cause,
  })
}

/** Reads `value` with `schema`, or throws `invalid_input` with the fields named below `name`. */
export function parse<T>(schema: z.ZodType<T, unknown>, value: unknown, name: string): T {
  const { data, issues } = read(schema, value, name)
  if (issues === null) return data
  throw invalidInput(
    issues.map((issue) => {
      const keys = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 5).map(shortened) : []
      return {
        path: [name, ...issue.path.map(String), ...keys.slice(0, 1)].join('.'),
        message: keys.length > 0 ? `${keys.join(', ')} cannot be set here` : issue.message,
      }
    }),
    issues.every((issue) => issue.code === 'custom' && issue.params?.['error'] === 'invalid_email')
      ? 'invalid_email'
      : 'invalid_input',
  )
}

/** A key that came from outside is told so that it is recognised, not to its end, and in one line of a log. */
const shortened = (key: string): string => {
  const plain = key
    .slice(0, 64)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd')
  return key.length <= 64 ? plain : `${plain}…`
}

type Read<T> = { data: T; issues: null } | { data: null; issues: z.core.$ZodIssue[] }

/** What throws while it is read, such as a getter or a revoked proxy, is bad input too. */
function read<T>(schema: z.ZodType<T, unknown>, value: unknown, name: string): Read<T> {
  try {
    const result = schema.safeParse(value)
    // The issues are put into words when they are asked for, and that looks at the value again.
    return result.success ? { data: result.data, issues: null } : { data: null, issues: result.error.issues }
  } catch (cause) {
    throw invalidInput([{ path: name, message: 'could not be read' }], 'invalid_input', cause)
  }
}
