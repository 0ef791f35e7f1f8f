/** What the server said no with: message, and where known the field and what it wants instead. */
export class Refusal extends Error {
  constructor(status, body) {
    super(body?.error ?? `the server answered ${status}`);
    this.status = status;
    this.field = body?.field ?? '';
    this.wanted = body?.wanted ?? '';
  }

  /** All of it in one line. */
  get words() {
    return [this.field && `${this.field}:`, this.message, this.wanted && `(wanted: ${this.wanted})`].filter(Boolean).join(' ');
  }
}

const patience = 10_000; // milliseconds until a server that does not answer counts as gone

/** Sends calls to the app that `key()` names. */
export function api(key) {
  const request = async (call, options = {}) => {
    const headers = { 'X-Authy-API-Key': key(), ...options.headers };
    if (!key()) delete headers['X-Authy-API-Key'];
    const init = { signal: AbortSignal.timeout(patience), ...options, method: call.method, headers, cache: 'no-store' };
    if (call.body !== undefined) {
      headers['Content-Type'] = 'application/json';
      init.body = JSON.stringify(call.body);
    }
    const response = await fetch(call.path, init);
    if (response.ok) return response;
    throw new Refusal(response.status, await response.json().catch(() => null));
  };
  return {
    /** Returns the Response, for streams and pictures; throws Refusal. */
    request,
    /** Returns the JSON of the answer, or null for an empty one; throws Refusal. */
    async send(call, options) {
      const response = await request(call, options);
      const text = await response.text();
      return text ? JSON.parse(text) : null;
    },
  };
}
