/** Quotes a text for a POSIX shell. */
const quoted = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** The shell line that does what `call` does. `key` is '' for the server's first app, which needs no naming. */
export function curl(call, key, origin = location.origin) {
  const words = ['curl', '-sS'];
  if (call.method === 'POST' && call.body === undefined) words.push('-X', 'POST');
  else if (call.method !== 'GET' && call.method !== 'POST') words.push('-X', call.method);
  if (key) words.push('-H', quoted(`X-Authy-API-Key: ${key}`));
  if (call.body !== undefined) words.push('-H', quoted('Content-Type: application/json'), '-d', quoted(JSON.stringify(call.body)));
  words.push(quoted(origin + call.path));
  return words.join(' ');
}
