/** What the client asks of the server, over HTTP like any other client. */
export interface Api {
  call<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T>
}

/** An answer that is no success, with what the server said of it. */
export class Refused extends Error {
  readonly code: string
  readonly answer: Record<string, unknown>
  constructor(status: number, answer: Record<string, unknown>) {
    super(String(answer['message'] ?? status))
    this.code = String(answer['code'] ?? status)
    this.answer = answer
  }
}

/** Signs in. In this example an address is all that it takes. */
export async function signedIn(server: string, email: string): Promise<Api> {
  let session = ''
  const call: Api['call'] = async (method, path, body, headers = {}) => {
    const response = await fetch(server + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(session && { authorization: `Bearer ${session}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const json = /json/.test(response.headers.get('content-type') ?? '')
    const answer = json ? JSON.parse(text) : text
    if (!response.ok) throw new Refused(response.status, json ? answer : {})
    return answer
  }
  session = (await call<{ session: string }>('POST', '/sign-in', { email })).session
  return { call }
}
